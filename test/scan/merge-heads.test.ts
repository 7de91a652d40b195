import { expect, test } from "vitest";
import { readScope } from "../../src/scan/index.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { commitOf, depsOf, FakeSource, fileOf, gap, requestFor, sha } from "../support/sources.ts";

const SCOPE = { kind: "push", ref: "refs/tags/v1", before: null, after: sha("m") } as const;
const REQUEST = requestFor(SCOPE, { listedCommits: [], commitCount: 0, compareNewWith: sha("main") });

/** A merge as REST shows it. */
const BY_REST = commitOf("m", ["a", "b"], {
  files: [],
  gaps: [{ ...gap(sha("m"), "no_patch"), detail: "against its first parent only" }],
});
const RESOLUTION = fileOf(`key = ${keyOf("sk_live_", "resolution")}\n`);

test("a tag at a merge that was never read gets the merge read by git", async () => {
  const git = new FakeSource(commitOf("m", ["a", "b"], { files: [RESOLUTION] }));
  const deps = depsOf(new FakeSource(BY_REST), git);
  deps.rest.compared = [];
  const { commits } = await readScope(REQUEST, deps);
  expect(git.asked).toEqual([sha("m")]);
  expect(commits).toMatchObject([{ sha: sha("m"), findings: [{ mode: "live" }], gaps: [] }]);
});

test("a merge that git cannot read stays a gap", async () => {
  const deps = depsOf(new FakeSource(BY_REST), new FakeSource());
  deps.rest.compared = [];
  const { commits } = await readScope(REQUEST, deps);
  expect(commits.flatMap((commit) => commit.gaps)).toMatchObject([{ reason: "no_patch" }]);
});

test("a merge that is the only commit of a push is read by git", async () => {
  const git = new FakeSource(commitOf("m", ["a", "b"], { files: [RESOLUTION] }));
  const deps = depsOf(new FakeSource(BY_REST), git);
  deps.rest.compared = [sha("m")];
  const push = { ...SCOPE, ref: "refs/heads/main", before: sha("a") };
  const request = requestFor(push, { listedCommits: [sha("m")], commitCount: 1 });
  const { commits } = await readScope(request, deps);
  expect(commits).toMatchObject([{ findings: [{ mode: "live" }], gaps: [] }]);
});

test("a merge on record with a gap is read again", async () => {
  const deps = depsOf(new FakeSource(BY_REST), new FakeSource());
  deps.rest.compared = [];
  const large = { ...gap(sha("m"), "too_large"), path: "large.bin" };
  const parents = [sha("a"), sha("b")];
  deps.remembered.set(sha("m"), { sha: sha("m"), parents, files: 1, findings: [], gaps: [large] });
  const { commits } = await readScope(REQUEST, deps);
  expect(deps.git.asked).toEqual([sha("m")]);
  expect(commits.flatMap((commit) => commit.gaps)).not.toEqual([]);
});
