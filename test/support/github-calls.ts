/**
 * Every call of src/github with the request that it makes and an answer of GitHub. Tests run all of them against each
 * kind of failure, so a new call gets its error handling tested by adding a row.
 */
import { CHECK_NAME } from "../../src/domain/index.ts";
import {
  addComment,
  createCheckRun,
  createIssue,
  findCheckRun,
  isAncestor,
  readBranchHead,
  listIssuesBy,
  listOpenPulls,
  hasRole,
  readIssue,
  readRepository,
  readRepositoryNamed,
  readTextFile,
  updateCheckRun,
  updateIssue,
} from "../../src/github/index.ts";
import type { GitHubClient } from "../../src/github/index.ts";
import { SHOP } from "./wire.ts";

/** Writes go by the id. */
const SHOP_7 = { ...SHOP, id: 7 };
const HEAD = "a".repeat(40);
const content = { conclusion: "success" as const, output: { title: "t", summary: "s" }, annotations: [] };
const issue = {
  number: 3,
  html_url: "https://github.com/acme/shop/issues/3",
  title: "t",
  body: "b",
  state: "open",
  user: { login: "rollcall[bot]" },
};

/** One call of the room, and what GitHub answers it. */
interface Call {
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly run: (octokit: GitHubClient) => Promise<unknown>;
  readonly answer: object | string;
  readonly gives: unknown;
  /** What it gives where GitHub says 404 or 410, if that is an answer and no failure. */
  readonly absent?: Readonly<Record<number, unknown>>;
  /** Octokit itself fails on a page that is not a list. */
  readonly paged?: true;
}

export const CALLS: readonly Call[] = [
  {
    name: "createCheckRun",
    method: "POST",
    path: "/repositories/7/check-runs",
    run: (octokit) =>
      createCheckRun(octokit, SHOP_7, { name: CHECK_NAME, head: HEAD, externalId: "e", content }),
    answer: { id: 7, external_id: "e" },
    gives: 7,
  },
  {
    name: "isAncestor",
    method: "GET",
    path: `/repos/acme/shop/compare/${"b".repeat(40)}...${HEAD}?per_page=1&page=2`,
    run: (octokit) => isAncestor(octokit, SHOP, "b".repeat(40), HEAD),
    answer: { status: "ahead" },
    gives: true,
  },
  {
    name: "readBranchHead",
    method: "GET",
    path: "/repos/acme/shop/git/ref/heads%2Fmain",
    run: (octokit) => readBranchHead(octokit, SHOP, "main"),
    answer: { ref: "refs/heads/main", object: { type: "commit", sha: HEAD } },
    gives: HEAD,
    absent: { 404: null },
  },
  {
    name: "updateCheckRun",
    method: "PATCH",
    path: "/repositories/7/check-runs/7",
    run: (octokit) => updateCheckRun(octokit, SHOP_7, 7, content),
    answer: { id: 7, external_id: "e" },
    gives: undefined,
  },
  {
    name: "findCheckRun",
    method: "GET",
    path: `/repos/acme/shop/commits/${HEAD}/check-runs?check_name=Rollcall&filter=all&per_page=100`,
    run: (octokit) => findCheckRun(octokit, SHOP, { name: CHECK_NAME, head: HEAD, externalId: "e" }),
    answer: {
      total_count: 1,
      check_runs: [
        {
          id: 7,
          external_id: "e",
          status: "completed",
          conclusion: "success",
          output: { annotations_count: 2 },
        },
      ],
    },
    gives: { id: 7, annotations: 2, conclusion: "success" },
    paged: true,
  },
  {
    name: "createIssue",
    method: "POST",
    path: "/repositories/7/issues",
    run: (octokit) => createIssue(octokit, SHOP_7, { title: "t", body: "b", labels: ["security"] }),
    answer: issue,
    gives: issue,
  },
  {
    name: "readIssue",
    method: "GET",
    path: "/repos/acme/shop/issues/3",
    run: (octokit) => readIssue(octokit, SHOP, 3),
    answer: issue,
    gives: issue,
  },
  {
    name: "updateIssue",
    method: "PATCH",
    path: "/repositories/7/issues/3",
    run: (octokit) => updateIssue(octokit, SHOP_7, 3, { title: "t", body: "b" }),
    answer: issue,
    gives: undefined,
  },
  {
    name: "listIssuesBy",
    method: "GET",
    path: "/repos/acme/shop/issues?creator=rollcall%5Bbot%5D&state=all&per_page=100",
    run: (octokit) => listIssuesBy(octokit, SHOP, "rollcall[bot]"),
    answer: [issue],
    gives: [issue],
    absent: { 410: [] },
    paged: true,
  },
  {
    name: "readRepository",
    method: "GET",
    path: "/repositories/7",
    run: (octokit) => readRepository(octokit, 7),
    answer: { name: "shop", owner: { login: "acme" }, private: true, default_branch: "trunk" },
    gives: {
      owner: "acme",
      name: "shop",
      private: true,
      archived: false,
      defaultBranch: "trunk",
      sizeBytes: 0,
    },
  },
  {
    name: "readRepositoryNamed",
    method: "GET",
    path: "/repos/acme/shop",
    run: (octokit) => readRepositoryNamed(octokit, SHOP),
    answer: { id: 7, name: "shop", owner: { login: "acme" }, private: true, default_branch: "trunk" },
    gives: {
      id: 7,
      owner: "acme",
      name: "shop",
      private: true,
      archived: false,
      disabled: false,
      hasIssues: true,
      defaultBranch: "trunk",
      sizeBytes: 0,
    },
    absent: { 403: null, 404: null, 451: null },
  },
  {
    name: "addComment",
    method: "POST",
    path: "/repos/acme/shop/issues/3/comments",
    run: (octokit) => addComment(octokit, SHOP, 3, "b"),
    answer: { id: 8 },
    gives: 8,
  },
  {
    name: "listOpenPulls",
    method: "GET",
    path: "/repos/acme/shop/pulls?state=open&per_page=100",
    run: (octokit) => listOpenPulls(octokit, SHOP),
    answer: [
      { number: 4, updated_at: "2026-11-01T00:00:00Z", user: null, base: { sha: "b" }, head: { sha: "h" } },
    ],
    gives: [{ number: 4, base: "b", head: "h", author: "ghost", updatedAt: "2026-11-01T00:00:00Z" }],
    paged: true,
  },
  {
    name: "hasRole",
    method: "GET",
    path: "/repos/acme/shop/collaborators/ann/permission",
    run: (octokit) => hasRole(octokit, SHOP, "ann", "write"),
    answer: { permission: "write", role_name: "maintain" },
    gives: true,
  },
  {
    name: "readTextFile",
    method: "GET",
    path: "/repos/acme/shop/contents/.github%2Frollcall.yml",
    run: (octokit) => readTextFile(octokit, SHOP, { path: ".github/rollcall.yml", ref: null, maxBytes: 100 }),
    answer: { type: "file", size: 4, encoding: "base64", content: "YTogMQ==" },
    gives: { kind: "text", text: "a: 1", etag: null },
    absent: {
      403: { kind: "unreadable", reason: "forbidden" },
      451: { kind: "unreadable", reason: "forbidden" },
      404: { kind: "absent" },
      410: { kind: "unreadable", reason: "gone" },
      422: { kind: "unreadable", reason: "rejected" },
    },
  },
];
