import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGitScope, readScope } from "../../src/scan/index.ts";
import { createGitMirrors, GitError } from "../../src/source/index.ts";
import type { GitSource, Preparation } from "../../src/source/index.ts";
import { httpRemote } from "../support/http-remote.ts";
import type { HttpFault } from "../support/http-remote.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { at, NEVER, remoteRepository, treeOf } from "../support/remote-repository.ts";
import { commitOf, depsOf, FakeSource, gap, requestFor, sha } from "../support/sources.ts";

const PUSH = { kind: "push", ref: "refs/heads/main", before: sha("a"), after: sha("c") } as const;

/** A source of git that was prepared with so much, and counts what it is asked. */
function gitOf(fields: Partial<GitSource> = {}, prepared: Preparation = { commits: [], gaps: [] }) {
  const asked: unknown[] = [];
  const git: GitSource = {
    async prepare(range) {
      const { include, exclude, commitCount, refs } = range;
      asked.push({ include, exclude, commitCount, ...(refs === undefined ? {} : { refs }) });
      return { ...prepared, fetches: [] };
    },
    async prepareTips(commits, refs) {
      asked.push({ commits, refs });
      return { ...prepared, fetches: [] };
    },
    listRefs: async () => [],
    readBlob: async (_blob, place) => ({ kind: "gap", gap: gap(place.commit) }),
    async *read(commits) {
      for (const commit of commits) yield { ...commitOf("x", ["p"]), sha: commit };
    },
    ...fields,
  };
  return { git, asked };
}

const { record } = depsOf(new FakeSource(), new FakeSource());

describe("which range a scope is", () => {
  test.each([
    [
      "a push",
      requestFor(PUSH, { commitCount: 2, exclude: [sha("z")] }),
      { include: [sha("c")], exclude: [sha("a")], commitCount: 2 },
    ],
    [
      "a new ref leaves out commits on record",
      requestFor({ ...PUSH, before: null }, { exclude: [sha("y"), sha("z")] }),
      { include: [sha("c")], exclude: [sha("y"), sha("z")], commitCount: null },
    ],
    [
      "a pull request, whose head GitHub serves under a ref of its own",
      requestFor({ kind: "pull_request", number: 7, base: sha("a"), head: sha("c") }),
      { include: [sha("c")], exclude: [sha("a")], commitCount: null, refs: ["refs/pull/7/head"] },
    ],
    [
      "a merge group",
      requestFor({ kind: "merge_group", ref: "refs/heads/q", base: sha("a"), head: sha("c") }),
      { include: [sha("c")], exclude: [sha("a")], commitCount: null },
    ],
  ])("%s", async (_name, request, range) => {
    const { git, asked } = gitOf();
    await createGitScope(git, request, { record }).list(NEVER);
    expect(asked).toEqual([range]);
  });
});

test("only the content of commits that are not on record whole is fetched", async () => {
  const { record: whole } = depsOf(new FakeSource(), new FakeSource());
  const scan = { parents: [], files: 0, findings: [], gaps: [] };
  await whole.save([
    { ...scan, sha: sha("a") },
    { ...scan, sha: sha("b"), gaps: [gap(sha("b"))] },
  ]);
  const asked: (readonly string[] | undefined)[] = [];
  const { git } = gitOf({
    async prepare(range) {
      asked.push(await range.needed?.([sha("a"), sha("b"), sha("c")]));
      return { commits: [], gaps: [], fetches: [] };
    },
  });
  await createGitScope(git, requestFor(PUSH), { record: whole }).list(NEVER);
  expect(asked).toEqual([[sha("b"), sha("c")]]);
});

describe("what of the list could not be had", () => {
  const cut = { ...gap("", "too_many_commits"), commit: null };

  test("is a gap of the list", async () => {
    const { git } = gitOf({}, { commits: [], gaps: [cut] });
    expect((await createGitScope(git, requestFor(PUSH), { record }).list(NEVER)).gaps).toEqual([cut]);
  });

  test("is a gap of what a force-push dropped, unless GitHub deleted it", async () => {
    const gone = gap(sha("a"), "unavailable");
    const { git, asked } = gitOf({}, { commits: [], gaps: [gone, cut] });
    const dropped = await createGitScope(git, requestFor(PUSH), { record }).listDropped(NEVER);
    expect(dropped).toEqual({ commits: [], gaps: [cut] });
    expect(asked).toEqual([{ include: [sha("a")], exclude: [sha("c")], commitCount: null }]);
  });
});

describe("commits that were not listed by git", () => {
  test("are fetched on their own, without the history that leads to them", async () => {
    const scope = { kind: "pull_request", number: 7, base: sha("a"), head: sha("c") } as const;
    const { git, asked } = gitOf();
    const source = createGitScope(git, requestFor(scope), { record });
    const read = await Array.fromAsync(source.read([sha("c")], NEVER));
    expect(read.map((content) => content.sha)).toEqual([sha("c")]);
    expect(asked).toEqual([{ commits: [sha("c")], refs: ["refs/pull/7/head"] }]);
  });

  test("are not fetched again after the list", async () => {
    const { git, asked } = gitOf({}, { commits: [{ sha: sha("c"), parents: [] }], gaps: [] });
    const source = createGitScope(git, requestFor(PUSH), { record });
    await source.list(NEVER);
    await Array.fromAsync(source.read([sha("c")], NEVER));
    expect(asked).toHaveLength(1);
  });
});

describe("a failure of git", () => {
  const failing = (error: Error) => {
    const fail = async (): Promise<never> => {
      throw error;
    };
    return gitOf({ prepare: fail, prepareTips: fail, readBlob: fail });
  };

  test.each(["network", "stalled", "access_denied", "moved", "mirror_gone", "failed"] as const)(
    "%s is thrown, so the job is retried",
    async (code) => {
      const source = createGitScope(failing(new GitError(code, "ordered")).git, requestFor(PUSH), { record });
      const expected = { code, retryable: true };
      await expect(source.list(NEVER)).rejects.toMatchObject(expected);
      await expect(source.listDropped(NEVER)).rejects.toMatchObject(expected);
      await expect(Array.fromAsync(source.read([sha("c")], NEVER))).rejects.toMatchObject(expected);
    },
  );

  test.each([
    ["timeout", "timeout", false],
    ["no_git", "git_failed", false],
    ["invalid_request", "git_failed", false],
    ["network", "git_failed", true],
    ["access_denied", "git_failed", true],
  ] as const)("%s is a gap (%s), with the last attempt: %s", async (code, reason, lastAttempt) => {
    const { git } = failing(new GitError(code, "ordered"));
    const source = createGitScope(git, requestFor(PUSH), { record, lastAttempt });
    expect(await source.list(NEVER)).toMatchObject({ commits: [], gaps: [{ reason }] });
  });
});

describe("against real git over HTTP", () => {
  const LEAK = `key = "${keyOf("sk_live_", "merge")}"\n`;

  /** A merge whose resolution holds a key that no parent has, served with faults. */
  function merged(fault: (index: number) => HttpFault | null = () => null) {
    const repository = remoteRepository([
      { parents: [], tree: treeOf({ a: "0\n" }) },
      { parents: [0], tree: treeOf({ a: "1\n" }) },
      { parents: [0], tree: treeOf({ a: "2\n" }) },
      { parents: [1, 2], tree: treeOf({ a: LEAK }) },
    ]);
    onTestFinished(() => repository.remove());
    const scope = { ...PUSH, before: at(repository, 1), after: at(repository, 3) };
    const serve = async () => {
      const http = await httpRemote(dirname(repository.remote), { fault });
      onTestFinished(() => http.close());
      const { directory } = repository;
      const mirrors = createGitMirrors({ directory, environment: process.env, protocols: ["http"] });
      const git = mirrors.open({ id: 7, url: http.url, token: async () => null });
      return { git, http };
    };
    return { repository, scope, serve };
  }

  test("a key in a conflict resolution is found, where the merge is all that the scope brings", async () => {
    const { repository, scope, serve } = merged();
    const { git, http } = await serve();
    const merge = at(repository, 3);
    const rest = new FakeSource({
      ...commitOf("x", []),
      sha: merge,
      parents: [at(repository, 1), at(repository, 2)],
      files: [],
      gaps: [gap(merge, "no_patch")],
    });
    const deps = depsOf(rest, new FakeSource());
    rest.compared = [];
    const request = requestFor({ ...scope, before: null }, { compareNewWith: at(repository, 1) });
    const source = createGitScope(git, request, { record: deps.record });
    const { commits } = await readScope(request, { ...deps, git: source });
    expect(commits).toMatchObject([{ sha: merge, findings: [{ mode: "live", path: "a" }], gaps: [] }]);
    // One fetch for the commits, one for the blobs: two requests each to negotiate, one to fetch.
    expect(http.requests.length).toBeLessThanOrEqual(6);
  });

  test("an outage that outlasts the attempts of one job is thrown, and the next job reads everything", async () => {
    let down = true;
    const { repository, scope, serve } = merged(() => (down ? { status: 502, text: "Bad Gateway" } : null));
    const { git } = await serve();
    const deps = depsOf(new FakeSource(), new FakeSource());
    const request = requestFor(scope, { commitCount: 2 });
    const read = () =>
      readScope(request, { ...deps, git: createGitScope(git, request, { record: deps.record }) });
    deps.rest.compared = null;
    await expect(read()).rejects.toMatchObject({ name: "GitError", retryable: true, retry: "soon" });
    down = false;
    const { commits, gaps } = await read();
    expect(gaps).toEqual([]);
    expect(commits.map((commit) => commit.sha)).toEqual([at(repository, 2), at(repository, 3)]);
    expect(commits.at(-1)?.findings).toHaveLength(1);
  });
});
