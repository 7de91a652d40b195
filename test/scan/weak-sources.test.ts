import { describe, expect, test } from "vitest";
import { createGitScope, readScope, scanCommit } from "../../src/scan/index.ts";
import type { CommitContent } from "../../src/source/index.ts";
import { createRestSource, GitError } from "../../src/source/index.ts";
import type { GitSource } from "../../src/source/index.ts";
import { NOW } from "../support/job-context.ts";
import { commitOf, depsOf, FakeSource, fileOf, requestFor, sha } from "../support/sources.ts";
import { api, client, SHOP, useWire } from "../support/wire.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { blobId, blobPath, COMMIT_PATH, commitAnswer, fileAnswer, SHA } from "../support/rest-answers.ts";

useWire();

const KEY = keyOf("sk_live_", "sources");
const NO_WHOLE = async () => {
  throw new Error("No file is read whole here.");
};

/** What REST makes of a commit with one file. */
async function byRest(file: Parameters<typeof fileAnswer>[0], blob: string | null): Promise<CommitContent> {
  const sha = blobId(blob ?? "");
  api()
    .get(COMMIT_PATH)
    .reply(200, commitAnswer([fileAnswer(blob === null ? file : { ...file, sha })]));
  const raw = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };
  if (blob !== null) api().get(blobPath(sha)).reply(200, blob, raw);
  const source = createRestSource(await client(), SHOP, { blobBytes: 1e6 });
  const [content] = await Array.fromAsync(source.read([SHA], new AbortController().signal));
  if (content === undefined) throw new Error("Every commit is in the answer.");
  return content;
}

describe("a file without a patch and without changed lines", () => {
  const silent = { status: "modified", additions: 0 };

  test("may still have changed: .gitattributes can hide a text from every diff", async () => {
    const scan = await scanCommit(await byRest(silent, `stripe("${KEY}")\n`), NO_WHOLE, NOW);
    expect(scan.findings.length + scan.gaps.length).toBeGreaterThan(0);
    expect(scan.gaps).toMatchObject([{ reason: "no_patch", path: "src/pay.ts" }]);
  });

  test("needs no other source when it holds nothing", async () => {
    const scan = await scanCommit(await byRest(silent, "nothing to see\n"), NO_WHOLE, NOW);
    expect(scan).toMatchObject({ findings: [], gaps: [] });
  });
});

test("the name of an empty file is read", async () => {
  const sha = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
  const empty = { status: "added", sha, additions: 0, filename: `keys/${KEY}` };
  const scan = await scanCommit(await byRest(empty, null), NO_WHOLE, NOW);
  expect(scan.findings).toMatchObject([{ place: "path" }]);
});

test("the name of a submodule is read", async () => {
  const submodule = { path: `lib/${KEY}`, blob: null, form: "submodule", content: { kind: "none" } } as const;
  const scan = await scanCommit(commitOf("c", [], { files: [submodule] }), NO_WHOLE, NOW);
  expect(scan.findings).toMatchObject([{ place: "path" }]);
});

describe("git that fails in the middle of reading", () => {
  const names = ["a", "b", "c", "d", "e"];
  const scope = { kind: "push", ref: "refs/heads/main", before: sha("0"), after: sha("e") } as const;
  const leak = fileOf(`key = ${KEY}\n`);

  /** Gives `a` whole and the first part of `b`, and then fails. */
  function failing(error: unknown, fails: () => void): GitSource {
    const none = async (): Promise<never> => {
      throw error;
    };
    return {
      prepare: async () => ({
        commits: names.toReversed().map((name) => ({ sha: sha(name), parents: [] })),
        gaps: [],
        fetches: [],
      }),
      prepareTips: none,
      listRefs: none,
      readBlob: none,
      async *read() {
        yield commitOf("a", ["0"]);
        yield commitOf("b", ["a"], { files: [leak], more: true });
        fails();
        throw error;
      },
    };
  }

  test.each([
    ["a deleted mirror, with no attempt left", new GitError("mirror_gone", "ordered"), true],
    ["git itself", new GitError("failed", "ordered"), false],
    ["the time limit", new DOMException("ordered", "TimeoutError"), false],
  ])(
    "%s: commits that were read and keys that were found are kept, and the rest is a gap",
    async (_name, error, lastAttempt) => {
      const deps = depsOf(new FakeSource(), new FakeSource());
      const limit = new AbortController();
      const { signal } = limit;
      const source = failing(error, () => {
        if (!(error instanceof GitError)) limit.abort(error);
      });
      const request = requestFor(scope, { commitCount: 5 });
      const git = createGitScope(source, request, { record: deps.record, lastAttempt });
      const { commits } = await readScope(request, { ...deps, git, signal });
      expect(commits.map((commit) => commit.gaps.length)).toEqual([0, 1, 1, 1, 1]);
      expect(commits.map((commit) => commit.findings.length)).toEqual([0, 1, 0, 0, 0]);
      expect(commits[1]?.findings[0]?.commit).toBe(sha("b"));
    },
  );

  test("a deleted mirror: the job is retried, and finished scans are on record", async () => {
    const deps = depsOf(new FakeSource(), new FakeSource());
    const source = failing(new GitError("mirror_gone", "ordered"), () => {});
    const request = requestFor(scope, { commitCount: 5 });
    const git = createGitScope(source, request, { record: deps.record });
    await expect(readScope(request, { ...deps, git })).rejects.toMatchObject({ retryable: true });
    expect([...deps.remembered.keys()]).toEqual([sha("a")]);
  });
});
