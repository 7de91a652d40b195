import { expect, test } from "vitest";
import { readScope } from "../../src/scan/index.ts";
import { commitOf, depsOf, FakeSource, gap, sha } from "../support/sources.ts";

const SCOPE = { kind: "push", ref: "refs/tags/v1", before: null, after: sha("m") } as const;
const REQUEST = {
  scope: SCOPE,
  listed: [],
  count: 0,
  forced: false,
  compareNewWith: "main",
  previous: null,
  earlier: [],
};
const MERGE = commitOf("m", ["a", "b"], {
  files: [],
  gaps: [{ ...gap(sha("m"), "no_patch"), detail: "against its first parent only" }],
});

test("a tag at a merge that was not read whole is no green", async () => {
  const deps = depsOf(new FakeSource(MERGE), new FakeSource());
  deps.rest.compared = [];
  const large = { ...gap(sha("m"), "too_large"), path: "large.bin" };
  const parents = [sha("a"), sha("b")];
  deps.remembered.set(sha("m"), { sha: sha("m"), parents, files: 1, findings: [], gaps: [large] });
  const { commits } = await readScope(REQUEST, deps);
  expect(commits.flatMap((commit) => commit.gaps)).toMatchObject([{ reason: "too_large" }]);
});

test("a tag at a merge that its own push never asked for is read as far as GitHub shows it", async () => {
  const deps = depsOf(new FakeSource(MERGE), new FakeSource());
  deps.rest.compared = [];
  const { commits } = await readScope(REQUEST, deps);
  expect(commits.flatMap((commit) => commit.gaps)).toEqual([]);
});
