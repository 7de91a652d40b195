/**
 * GitHub in memory for tests of jobs: check runs, issues, contents, roles and pull requests, answered as GitHub answers.
 * A test can hold a request, make it fail before or after its effect, and read every request that was made.
 * No HTTP: tests of src/github use nock, end-to-end tests the local GitHub.
 */
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import { CHECK_NAME } from "../../src/domain/index.ts";
import { AccessToken } from "../../src/github/index.ts";
import type { GitHub, InstallationClient } from "../../src/github/index.ts";

const outputSchema = z.object({
  title: z.string(),
  summary: z.string(),
  text: z.string().optional(),
  annotations: z.array(z.looseObject({ path: z.string(), start_line: z.int() })).max(50),
});
const runSchema = z.object({
  name: z.string().optional(),
  head_sha: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(["in_progress", "completed"]),
  conclusion: z.enum(["success", "neutral", "failure"]).optional(),
  output: outputSchema,
});
const issueSchema = z.object({
  title: z.string(),
  body: z.string(),
  labels: z.array(z.string()).optional(),
  assignees: z.array(z.string()).optional(),
});
const changeSchema = issueSchema.partial().extend({
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.string().optional(),
});
const commentSchema = z.object({ body: z.string() });
const labelSchema = z.object({ name: z.string() });
const graphqlSchema = z.object({ variables: z.object({ number: z.int() }) });

export interface FakeRun {
  readonly id: number;
  readonly name: string;
  readonly head: string;
  readonly externalId: string | null;
  conclusion: "success" | "neutral" | "failure" | null;
  title: string;
  summary: string;
  text: string;
  annotations: { path: string; start_line: number }[];
}

export interface FakeIssue {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly html_url: string;
  title: string;
  body: string;
  state: "open" | "closed";
  assignees: string[];
  state_reason: string | null;
  /** Closings and reopenings, oldest first. */
  readonly changes: FakeChange[];
  readonly comments: {
    readonly id: number;
    body: string;
    readonly login: string;
    readonly created_at: string;
  }[];
  readonly user: { readonly login: string };
}

/** Someone closed or reopened an issue. */
export interface FakeChange {
  readonly kind: "closed" | "reopened";
  readonly id: string;
  readonly login: string;
  readonly type: "User" | "Bot";
  readonly closer: "Commit" | "PullRequest" | null;
  /** The app through which a person did it. */
  readonly app?: number;
}

/** How one request goes wrong: before it has its effect, after, or by an answer. */
export type Fault = "before" | "after" | number;

/** What the app says to GitHub, kept in memory and answered as GitHub does. */
export class FakeGitHub implements GitHub {
  readonly runs: FakeRun[] = [];
  readonly issues: FakeIssue[] = [];
  /** Pull requests, as GitHub shows them. */
  readonly pulls: object[] = [];
  /** What GitHub shows of one pull request. */
  readonly pullsByNumber = new Map<number, object>();
  listPulls = (): readonly object[] => this.pulls;
  /** Contents by `owner/name/path`. */
  /** By `owner/name/path`, and by `owner/name/path@commit` where a commit has another text. */
  readonly files = new Map<string, string>();
  /** What GitHub shows of a commit, by its id. */
  readonly commits = new Map<string, object>();
  /** Logins that can be assigned to an issue. */
  readonly assignable = new Set<string>();
  readonly labels = new Set<string>();
  /** `permission` by login. */
  readonly roles = new Map<string, string>();
  /** Hears of each change of an issue, as a webhook does. */
  issueChanged: (number: number) => void = () => {};
  #changes = 0;
  /** Numbers of deleted issues are not given again. */
  #highest = 0;
  readonly requests: string[] = [];
  readonly queries: URLSearchParams[] = [];
  /** Decides over each request, which is counted from 0. */
  fault: (request: string, index: number) => Fault | null = () => null;
  /** Holds each request back until it resolves. */
  gate: () => Promise<void> = async () => {};
  /** Holds the answer to a request back, which was made at its time, until it resolves. */
  hold: (request: string) => Promise<void> = async () => {};
  /** Looks at the state after each request. */
  watch: () => void = () => {};
  /** Commits that `head` has and `base` has not, oldest first, for the comparison of GitHub. */
  between: (base: string, head: string) => readonly string[] = (_base, head) => [head];
  /** How `head` is to `base`, for the same comparison; null: GitHub knows no common ancestor. */
  relation: (base: string, head: string) => "ahead" | "identical" | "behind" | "diverged" | null = () =>
    "ahead";
  /** GitHub's own log of pushes, the newest first, as its API shows it. */
  readonly activity: object[] = [];
  /** Deliveries that GitHub could not make, and those that it made, the newest first. */
  readonly failedDeliveries: object[] = [];
  readonly madeDeliveries: object[] = [];
  /** The installation that covers any repository; null: none does. */
  installationId: number | null = 5;
  /** Commits at the tips of branches, by the name of the branch. */
  readonly heads = new Map<string, string>();
  /** Ids of objects that are no commits. */
  readonly notCommits = new Set<string>();
  /** Repositories that GitHub shows by name, by `owner/name`. */
  readonly named = new Map<string, object>();
  /** What GitHub says about the repository itself. */
  repository: object = { name: "shop", owner: { login: "acme" }, private: true, default_branch: "trunk" };
  readonly #octokit = this.client((request) => this.#gated(request));

  async #gated(request: string): Promise<Fault | null> {
    const fault = this.fault(request, this.requests.length);
    this.requests.push(request);
    await this.gate();
    return fault;
  }

  /** A client whose requests wait until `pass` lets them through, and says what goes wrong with them. */
  client(pass: (request: string) => Promise<Fault | null>): Octokit {
    return new Octokit({
      auth: "a token",
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      request: { fetch: (url: string, init: RequestInit) => this.#fetch(url, init, pass) },
    });
  }

  async installation(installationId: number): Promise<InstallationClient> {
    return this.installationClient(this.#octokit, installationId);
  }

  installationClient(
    { rest, paginate, request, graphql }: Octokit,
    installationId: number,
  ): InstallationClient {
    return {
      rest,
      paginate,
      request,
      graphql,
      installationId,
      readToken: async () => new AccessToken("a token"),
    };
  }

  async asApp() {
    return this.#octokit;
  }

  async app() {
    return { id: 1, slug: "rollcall", login: "rollcall[bot]" };
  }

  /** The run that counts on a commit: the newest. */
  current(head: string, name = CHECK_NAME): FakeRun | null {
    return this.runs.findLast((run) => run.head === head && run.name === name) ?? null;
  }

  /** Requests to `METHOD /path…` so far. */
  asked(start: string): string[] {
    return this.requests.filter((request) => request.startsWith(start));
  }

  async #fetch(
    url: string,
    init: RequestInit,
    pass: (request: string) => Promise<Fault | null>,
  ): Promise<Response> {
    const { pathname, searchParams } = new URL(url);
    const request = `${init.method ?? "GET"} ${decodeURIComponent(pathname)}`;
    this.queries.push(searchParams);
    const fault = await pass(request);
    if (fault === "before") throw new TypeError("fetch failed");
    if (typeof fault === "number") return json(fault, { message: "ordered" });
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : null;
    const answer = this.#answer(request, searchParams, body);
    await this.hold(request);
    this.watch();
    if (fault === "after") throw new TypeError("fetch failed");
    // A response that was made here has no address, and paging needs one.
    return Object.defineProperty(answer, "url", { value: url });
  }

  #answer(request: string, query: URLSearchParams, body: unknown): Response {
    const [, repository = "", rest = ""] =
      /^(?:GET|POST|PATCH) \/repos\/([^/]+\/[^/]+)\/(.*)$/.exec(request) ?? [];
    if (request.startsWith("GET") && rest.startsWith("contents/")) {
      const path = `${repository}/${rest.slice("contents/".length)}`;
      const text = this.files.get(`${path}@${this.queries.at(-1)?.get("ref") ?? ""}`) ?? this.files.get(path);
      return text === undefined ? json(404, {}) : json(200, contentAnswer(text));
    }
    if (request.startsWith("POST") && rest === "check-runs") return this.#createRun(body);
    if (request.startsWith("PATCH") && rest.startsWith("check-runs/"))
      return this.#updateRun(numberIn(rest), body);
    if (rest.endsWith("/check-runs")) {
      const name = query.get("check_name");
      const runs = this.runs.filter((run) => rest === `commits/${run.head}/check-runs` && run.name === name);
      return json(200, { total_count: runs.length, check_runs: runs.map(shownRun) });
    }
    if (rest.startsWith("commits/")) {
      const commit = this.commits.get(rest.slice("commits/".length));
      return commit === undefined ? json(404, {}) : json(200, commit);
    }
    if (rest.startsWith("compare/")) {
      const [base = "", head = ""] = rest.slice("compare/".length).split("...");
      const commits = this.between(base, head).map((sha) => ({ sha }));
      const status = this.relation(base, head);
      return status === null
        ? json(404, { message: "No common ancestor between them." })
        : json(200, { status, total_commits: commits.length, commits });
    }
    if (/^pulls\/\d+$/.test(rest)) {
      const pull = this.pullsByNumber.get(numberIn(rest));
      return pull === undefined ? json(404, {}) : json(200, pull);
    }
    if (rest === "pulls") return json(200, this.listPulls());
    if (rest === "activity") return json(200, this.activity);
    if (request === "GET /app/hook/deliveries")
      return json(200, query.get("status") === "failure" ? this.failedDeliveries : this.madeDeliveries);
    if (rest === "installation")
      return this.installationId === null ? json(404, {}) : json(200, { id: this.installationId });
    if (rest.startsWith("git/ref/heads/")) {
      const sha = this.heads.get(rest.slice("git/ref/heads/".length));
      return sha === undefined ? json(404, {}) : json(200, { object: { sha } });
    }
    if (rest.startsWith("git/commits/"))
      return this.notCommits.has(rest.slice("git/commits/".length)) ? json(404, {}) : json(200, {});
    if (/^POST \/app\/hook\/deliveries\/\d+\/attempts$/.test(request)) return json(202, {});
    if (/^GET \/repositories\/\d+$/.test(request)) return json(200, this.repository);
    const name = /^GET \/repos\/([^/]+\/[^/]+)$/.exec(request)?.[1] ?? "";
    const named = this.named.get(name);
    if (named !== undefined) return json(200, named);

    if (rest === "issues" && request.startsWith("POST")) return this.#createIssue(repository, body);
    if (rest === "issues") {
      const creator = query.get("creator");
      return json(
        200,
        this.issues
          .toReversed()
          .filter((issue) => issue.user.login === creator && issue.repository === repository),
      );
    }
    if (request === "POST /graphql") return this.#lastChange(body);
    if (rest.startsWith("issues/comments/")) return this.#editComment(Number(rest.split("/")[2]), body);
    if (rest.startsWith("issues/")) return this.#issue(rest, numberIn(rest), body);
    if (rest === "labels") {
      this.labels.add(labelSchema.parse(body).name);
      return json(201, {});
    }
    if (rest.startsWith("labels/"))
      return this.labels.has(rest.slice("labels/".length)) ? json(200, {}) : json(404, {});
    if (rest.startsWith("assignees/")) {
      return this.assignable.has(rest.slice("assignees/".length))
        ? new Response(null, { status: 204 })
        : json(404, {});
    }
    if (rest.startsWith("collaborators/")) {
      const permission = this.roles.get(rest.split("/")[1] ?? "") ?? "read";
      return json(200, { permission, role_name: permission });
    }
    return json(404, { message: "Not Found" });
  }

  #createRun(body: unknown): Response {
    const asked = runSchema.parse(body);
    const run: FakeRun = {
      id: this.runs.length + 1,
      name: asked.name ?? "",
      head: asked.head_sha ?? "",
      externalId: asked.external_id ?? null,
      conclusion: asked.conclusion ?? null,
      title: asked.output.title,
      summary: asked.output.summary,
      text: asked.output.text ?? "",
      annotations: asked.output.annotations,
    };
    this.runs.push(run);
    return json(201, shownRun(run));
  }

  #updateRun(id: number, body: unknown): Response {
    const run = this.runs.find((candidate) => candidate.id === id);
    if (run === undefined) return json(404, { message: "Not Found" });
    const asked = runSchema.parse(body);
    run.conclusion = asked.conclusion ?? null;
    run.title = asked.output.title;
    run.summary = asked.output.summary;
    run.text = asked.output.text ?? run.text;
    run.annotations = [...run.annotations, ...asked.output.annotations];
    return json(200, shownRun(run));
  }

  #createIssue(repository: string, body: unknown): Response {
    const { title, body: text, assignees = [] } = issueSchema.parse(body);
    return json(201, this.addIssue({ title, body: text, assignees, repository }));
  }

  #issue(rest: string, number: number, body: unknown): Response {
    const issue = this.issues.find((candidate) => candidate.number === number);
    if (issue === undefined) return json(404, { message: "Not Found" });
    if (rest.endsWith("/events")) {
      return json(
        200,
        issue.changes.map(({ kind, id, app, login, type }) => ({
          event: kind,
          actor: { login: type === "Bot" ? `${login}[bot]` : login },
          created_at: "2026-11-21T12:00:00Z",
          node_id: id,
          performed_via_github_app: app === undefined ? null : { id: app },
        })),
      );
    }
    if (rest.endsWith("/comments")) return this.#comments(issue, body);
    if (body !== null) {
      const { state, state_reason: reason, ...fields } = changeSchema.parse(body);
      Object.assign(issue, fields);
      const bot = { login: "rollcall", type: "Bot", closer: null } as const;
      if (state !== undefined) this.changeIssue(issue, state === "open" ? "reopened" : "closed", bot, reason);
    }
    return json(200, issue);
  }

  #comments(issue: FakeIssue, body: unknown): Response {
    if (body !== null) {
      this.#changes += 1;
      const comment = {
        id: this.#changes,
        ...commentSchema.parse(body),
        login: "rollcall[bot]",
        created_at: "2026-11-21T12:00:00Z",
      };
      issue.comments.push(comment);
      return json(201, comment);
    }
    return json(
      200,
      issue.comments.map(({ login, ...comment }) => ({ ...comment, user: { login } })),
    );
  }

  #editComment(id: number, body: unknown): Response {
    const comment = this.issues.flatMap(({ comments }) => comments).find((each) => each.id === id);
    if (comment === undefined) return json(404, {});
    comment.body = commentSchema.parse(body).body;
    return json(200, { id });
  }

  /** Every comment, by issue. */
  comments(): { readonly issue: number; readonly body: string }[] {
    return this.issues.flatMap(({ number, comments }) =>
      comments.map(({ body }) => ({ issue: number, body })),
    );
  }

  #lastChange(body: unknown): Response {
    const { number } = graphqlSchema.parse(body).variables;
    const issue = this.issues.find((candidate) => candidate.number === number);
    const nodes = (issue?.changes.slice(-1) ?? []).map(({ kind, id, login, type, closer }) => ({
      __typename: kind === "closed" ? "ClosedEvent" : "ReopenedEvent",
      id,
      createdAt: "2026-11-21T12:00:00Z",
      actor: { __typename: type, login },
      ...(kind === "closed" ? { closer: closer === null ? null : { __typename: closer } } : {}),
    }));
    return json(200, { data: { repository: { issue: { timelineItems: { nodes } } } } });
  }

  /** Closes or reopens an issue in someone's name; nothing happens if it is so already. */
  changeIssue(
    issue: FakeIssue,
    kind: FakeChange["kind"],
    by: Omit<FakeChange, "kind" | "id">,
    reason = "completed",
  ): void {
    const state = kind === "closed" ? "closed" : "open";
    if (issue.state === state) return;
    this.#changes += 1;
    issue.state = state;
    issue.state_reason = kind === "closed" ? reason : "reopened";
    issue.changes.push({ ...by, kind, id: `E${this.#changes}` });
    this.issueChanged(issue.number);
  }

  /** Takes an issue away, as an admin can. */
  deleteIssue(issue: FakeIssue): void {
    this.issues.splice(this.issues.indexOf(issue), 1);
    this.issueChanged(issue.number);
  }

  addIssue(issue: {
    title: string;
    body: string;
    login?: string;
    assignees?: string[];
    repository?: string;
  }): FakeIssue {
    const { repository = "acme/shop" } = issue;
    const number = Math.max(0, ...this.issues.map((one) => one.number), this.#highest) + 1;
    this.#highest = number;
    const made: FakeIssue = {
      number,
      repository,
      html_url: `https://github.com/${repository}/issues/${number}`,
      title: issue.title,
      body: issue.body,
      state: "open",
      assignees: issue.assignees ?? [],
      state_reason: null,
      changes: [],
      comments: [],
      user: { login: issue.login ?? "rollcall[bot]" },
    };
    this.issues.push(made);
    this.issueChanged(number);
    return made;
  }
}

function ignore(): void {}

function shownRun(run: FakeRun): object {
  return {
    id: run.id,
    external_id: run.externalId,
    status: run.conclusion === null ? "in_progress" : "completed",
    conclusion: run.conclusion,
    output: { annotations_count: run.annotations.length },
  };
}

function contentAnswer(text: string): object {
  const bytes = Buffer.from(text);
  return { type: "file", size: bytes.length, encoding: "base64", content: bytes.toString("base64") };
}

function numberIn(path: string): number {
  return Number(path.split("/")[1]);
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status });
}
