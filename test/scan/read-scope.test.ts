import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/domain/index.ts";
import { readScope } from "../../src/scan/index.ts";
import type { ScopeReading, ScopeRequest } from "../../src/scan/index.ts";
import { commitOf, depsOf, FakeSource, fileOf, gap, requestFor, sha } from "../support/sources.ts";
import { keyOf } from "../../fixtures/keys.ts";

const PUSH: Scope = { kind: "push", ref: "refs/heads/main", before: sha("a"), after: sha("c") };
const PULL: Scope = { kind: "pull_request", number: 7, base: sha("a"), head: sha("c") };

function requestOf(fields: Partial<ScopeRequest> = {}): ScopeRequest {
  return requestFor(PUSH, { listedCommits: [sha("b"), sha("c")], commitCount: 2, ...fields });
}

const read = (reading: ScopeReading): string[] => reading.commits.map((commit) => commit.sha);
const gapsOf = (reading: ScopeReading) => [
  ...reading.gaps,
  ...reading.commits.flatMap((commit) => commit.gaps),
];

const B = commitOf("b", ["a"]);
const C = commitOf("c", ["b"]);
const LEAK = fileOf(`key = ${keyOf("sk_live_", "scan")}\n`);

describe("which commits", () => {
  test("a push whose list is closed by parents asks for those commits and nothing else", async () => {
    const deps = depsOf(new FakeSource(B, C), new FakeSource());
    expect(read(await readScope(requestOf(), deps))).toEqual([sha("b"), sha("c")]);
    expect(deps.rest.asked).toEqual([sha("b"), sha("c")]);
    expect(deps.git.asked).toEqual([]);
  });

  test("a list that leaves a commit out is not believed: GitHub compares", async () => {
    const deps = depsOf(new FakeSource(B, C), new FakeSource());
    deps.rest.compared = [sha("b"), sha("c")];
    const reading = await readScope(requestOf({ listedCommits: [sha("c")], commitCount: 1 }), deps);
    expect(read(reading)).toEqual([sha("b"), sha("c")]);
    expect(deps.rest.asked).toContain(`${sha("a")}...${sha("c")}`);
  });

  test("a new ref on a commit whose history is on record is closed by it", async () => {
    const deps = depsOf(new FakeSource(C), new FakeSource());
    const known = { exclude: [sha("z"), sha("b")], compareNewWith: sha("z") };
    const request = requestFor(
      { ...PUSH, before: null },
      { listedCommits: [sha("c")], commitCount: 1, ...known },
    );
    expect(read(await readScope(request, deps))).toEqual([sha("c")]);
    expect(deps.rest.asked).toEqual([sha("c")]);
  });

  test("a listed commit that cannot be read proves nothing: git lists", async () => {
    const deps = depsOf(new FakeSource(C), new FakeSource(B));
    deps.git.has.clear();
    deps.git.listing.commits.push(sha("b"), sha("c"));
    const reading = await readScope(requestOf(), deps);
    expect(deps.git.asked).toContain("list");
    expect(gapsOf(reading)).toMatchObject([{ commit: sha("b"), reason: "unavailable" }]);
  });

  test("where the comparison cannot say, git lists", async () => {
    const deps = depsOf(new FakeSource(B, C), new FakeSource());
    deps.git.listing.commits.push(sha("b"), sha("c"));
    expect(read(await readScope(requestOf({ listedCommits: null }), deps))).toEqual([sha("b"), sha("c")]);
  });

  test("many commits are listed and read by git alone", async () => {
    const many = ["b", "d", "e", "c"].map((name) => commitOf(name, ["a"]));
    const deps = depsOf(new FakeSource(), new FakeSource(...many));
    deps.git.listing.commits.push(...many.map((commit) => commit.sha));
    const reading = await readScope(
      requestOf({ listedCommits: many.map((commit) => commit.sha), commitCount: 4 }),
      deps,
    );
    expect(gapsOf(reading)).toEqual([]);
    expect(deps.rest.asked).toEqual([]);
  });

  test("a gap of git's list is a gap of the scope", async () => {
    const deps = depsOf(new FakeSource(C), new FakeSource());
    deps.git.listing.gaps.push(gap(sha("c"), "too_many_commits"));
    const reading = await readScope(requestOf({ listedCommits: null }), deps);
    expect(gapsOf(reading)).toMatchObject([{ reason: "too_many_commits" }]);
  });

  test("a new branch is compared with the default branch", async () => {
    const deps = depsOf(new FakeSource(C), new FakeSource());
    deps.rest.compared = [sha("c")];
    const scope: Scope = { ...PUSH, before: null };
    await readScope(requestOf({ scope, listedCommits: [], commitCount: 0, compareNewWith: "main" }), deps);
    expect(deps.rest.asked[0]).toBe(`main...${sha("c")}`);
  });

  test("a pull request that grew by one commit costs that commit only", async () => {
    const deps = depsOf(new FakeSource(B, C), new FakeSource());
    await readScope(
      requestOf({ scope: { ...PULL, head: sha("b") }, listedCommits: [sha("b")], commitCount: 1 }),
      deps,
    );
    deps.rest.asked.length = 0;
    const previous = { previousHead: sha("b"), previousCommits: [sha("b")] };
    const reading = await readScope(
      requestOf({ scope: PULL, listedCommits: null, commitCount: 200, ...previous }),
      deps,
    );
    expect(read(reading)).toEqual([sha("b"), sha("c")]);
    expect(deps.rest.asked).toEqual([sha("c")]);
  });

  test("a pull request whose new head does not follow the old one is listed again", async () => {
    const deps = depsOf(new FakeSource(commitOf("c", ["x"]), B), new FakeSource());
    deps.rest.compared = [sha("b"), sha("c")];
    const previous = { previousHead: sha("b"), previousCommits: [sha("b")] };
    await readScope(requestOf({ scope: PULL, listedCommits: null, commitCount: 2, ...previous }), deps);
    expect(deps.rest.asked).toContain(`${sha("a")}...${sha("c")}`);
  });

  test("a forced push reads the commits it dropped, apart from the rest", async () => {
    const old = commitOf("old", ["a"], { files: [LEAK] });
    const deps = depsOf(new FakeSource(C, old), new FakeSource());
    deps.rest.compared = [sha("c")];
    deps.git.dropped.commits.push(old.sha);
    const reading = await readScope(requestOf({ forced: true }), deps);
    expect(read(reading)).toEqual([sha("c")]);
    expect(reading.dropped).toMatchObject([{ sha: old.sha, findings: [{ kind: "secret_key" }] }]);
  });

  test("every unread part of a force-push is a gap: the list, the dropped list, a dropped commit", async () => {
    const old = commitOf("old", ["a"], { gaps: [gap(sha("old"), "too_large")] });
    const deps = depsOf(new FakeSource(C, old), new FakeSource());
    deps.git.listing.commits.push(sha("c"));
    deps.git.listing.gaps.push(gap(sha("c"), "too_many_commits"));
    deps.git.dropped.commits.push(old.sha);
    deps.git.dropped.gaps.push(gap(sha("old"), "too_many_bytes"));
    const reading = await readScope(requestOf({ forced: true, listedCommits: null }), deps);
    expect(reading.gaps.map((each) => [each.reason, each.commit])).toEqual([
      ["too_many_commits", sha("c")],
      ["too_many_bytes", null],
      ["too_large", null],
    ]);
  });
});

describe("the head", () => {
  test.each([
    ["that is on record as a leak stays one", true],
    ["that was never read is read", false],
  ])("of a scope that brings nothing new, %s", async (_name, known) => {
    const head = commitOf("c", ["b"], { files: [LEAK] });
    const deps = depsOf(new FakeSource(head), new FakeSource());
    deps.rest.compared = [head.sha];
    if (known) await readScope(requestOf({ listedCommits: null }), deps);
    deps.rest.asked.length = 0;
    deps.rest.compared = [];
    const scope: Scope = { ...PUSH, ref: "refs/heads/new", before: null };
    const reading = await readScope(
      requestOf({ scope, listedCommits: [], commitCount: 0, compareNewWith: "main" }),
      deps,
    );
    expect(reading.commits).toMatchObject([{ sha: head.sha, findings: [{ mode: "live" }] }]);
    expect(deps.rest.asked.slice(1)).toEqual(known ? [] : [head.sha]);
    expect(deps.git.asked).toEqual([]);
  });

  test("that cannot be read is a gap", async () => {
    const deps = depsOf(new FakeSource(), new FakeSource());
    deps.rest.compared = [];
    const reading = await readScope(requestOf({ listedCommits: [], commitCount: 0 }), deps);
    expect(gapsOf(reading)).toMatchObject([{ commit: sha("c") }]);
  });
});

describe("by which source", () => {
  test("a gap of REST is asked of git, and only that", async () => {
    const deps = depsOf(new FakeSource(B, { ...C, gaps: [gap(C.sha, "no_patch")] }), new FakeSource(C));
    const reading = await readScope(requestOf(), deps);
    expect(gapsOf(reading)).toEqual([]);
    expect(deps.git.asked).toEqual([C.sha]);
  });

  test("a commit that no source yields is a gap, never silence", async () => {
    const deps = depsOf(new FakeSource(C), new FakeSource());
    deps.rest.compared = [sha("b"), sha("c")];
    const reading = await readScope(requestOf(), deps);
    expect(gapsOf(reading)).toMatchObject([{ reason: "unavailable", commit: sha("b") }]);
  });

  test("findings by REST are kept when git then fails on the same commit", async () => {
    const half = commitOf("c", ["b"], { files: [LEAK], gaps: [gap(sha("c"))] });
    const broken = commitOf("c", [], { files: [], gaps: [gap(sha("c"), "git_failed")] });
    const reading = await readScope(requestOf(), depsOf(new FakeSource(B, half), new FakeSource(broken)));
    expect(reading.commits.at(-1)?.findings).toHaveLength(1);
    expect(gapsOf(reading)).not.toEqual([]);
  });

  test("what git reads whole counts, also where REST found more", async () => {
    const half = commitOf("c", ["b"], { files: [LEAK], gaps: [gap(sha("c"), "no_patch")] });
    const reading = await readScope(requestOf(), depsOf(new FakeSource(B, half), new FakeSource(C)));
    expect(reading.commits.at(-1)).toMatchObject({ findings: [], gaps: [] });
  });

  test("a commit that comes in parts is one, with what every part holds", async () => {
    const first = commitOf("c", ["b"], { files: [LEAK], more: true });
    const last = commitOf("c", ["b"], { files: [fileOf(`k = ${keyOf("rk_live_", "scan")}\n`, "b.ts")] });
    const deps = depsOf(new FakeSource(B, first, last), new FakeSource());
    const reading = await readScope(requestOf(), deps);
    expect(reading.commits.at(-1)?.findings.map((finding) => finding.kind)).toEqual([
      "secret_key",
      "restricted_key",
    ]);
    expect(deps.remembered.get(sha("c"))?.findings).toHaveLength(2);
  });

  test("a commit whose last part never comes is a gap", async () => {
    const first = commitOf("c", ["b"], { more: true });
    const reading = await readScope(requestOf(), depsOf(new FakeSource(B, first), new FakeSource()));
    expect(gapsOf(reading)).toMatchObject([{ commit: sha("c") }]);
  });

  test("a commit on record is read again only if it has a gap", async () => {
    const deps = depsOf(new FakeSource(B, { ...C, gaps: [gap(C.sha)] }), new FakeSource());
    await readScope(requestOf(), deps);
    deps.rest.asked.length = 0;
    await readScope(requestOf(), deps);
    expect(deps.rest.asked).not.toContain(B.sha);
    expect(deps.rest.asked).toContain(C.sha);
  });
});
