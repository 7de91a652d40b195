/** Histories made to cost the machine its memory or its time, such as a stranger's pull request can bring. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyOf } from "../../../fixtures/keys.ts";
import { CommitGraph } from "../../../src/objects/index.ts";
import { gitText } from "../../support/git-history.ts";
import { about, createWork, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

const ours = keyOf("sk_live_", "ours");
const theirs = keyOf("sk_live_", "theirs");
let work: Work;

beforeEach(() => {
  work = createWork();
});
afterEach(() => work.remove());

/** A folder that holds ten of the same, and so on: ten to the power of `depth` files of a few objects. */
function bomb(depth: number, content: string): string {
  let entry = `100644 blob ${gitText(work.path, ["hash-object", "-w", "--stdin"], content).trim()}`;
  for (let level = 0; level < depth; level++) {
    const names = Array.from({ length: 10 }, (_, index) => `${entry}\td${index}\n`).join("");
    entry = `040000 tree ${gitText(work.path, ["mktree"], names).trim()}`;
  }
  return entry.split(" ")[2] ?? "";
}

test.runIf(process.platform === "linux")(
  "a commit that names billions of files is a gap of its own, and costs the findings of no other",
  async () => {
    work.write("pay.env", `KEY=${ours}\n`);
    const first = work.commit("first");
    const hostile = work.git("commit-tree", "-p", first, "-m", "bomb", bomb(10, "x\n"));
    work.git("update-ref", "refs/pull/1/head", hostile);
    work.write("after.env", `KEY=${theirs}\n`);
    const second = work.commit("second");
    const scan = await scanned(work.path);
    expect(about(scan, ours)).toMatchObject([{ finding: { commit: first, path: "pay.env" } }]);
    expect(about(scan, theirs)).toMatchObject([{ finding: { commit: second, path: "after.env" } }]);
    expect(scan.gaps).toMatchObject([{ reason: "too_large", commit: hostile, blob: hostile }]);
  },
);

test("a key at a million paths of a pull request leaves room for what branches have", async () => {
  work.write("README.md", "Shop\n");
  const first = work.commit("first");
  work.git(
    "update-ref",
    "refs/pull/1/head",
    work.git("commit-tree", "-p", first, "-m", "bomb", bomb(6, theirs)),
  );
  work.write("pay.env", `KEY=${ours}\n`);
  work.commit("second");
  const scan = await scanned(work.path);
  expect(about(scan, ours).map(({ finding }) => finding.path)).toEqual(["pay.env"]);
  expect(scan.gaps).toMatchObject([{ reason: "too_large" }]);
  expect(about(scan, theirs).length).toBeLessThan(200_000);
});

test("a folder of thousands of files with one key is moved in no time that grows with their square", async () => {
  const blob = gitText(work.path, ["hash-object", "-w", "--stdin"], `KEY=${ours}\n`).trim();
  const names = Array.from({ length: 30_000 }, (_, index) => `100644 blob ${blob}\tf${index}\n`).join("");
  const folder = gitText(work.path, ["mktree"], names).trim();
  const at = (name: string): string =>
    gitText(work.path, ["mktree"], `040000 tree ${folder}\t${name}\n`).trim();
  const first = work.git("commit-tree", "-m", "first", at("a"));
  const second = work.git("commit-tree", "-p", first, "-m", "second", at("b"));
  work.git("update-ref", "refs/heads/main", second);
  const found = about(await scanned(work.path), ours);
  expect(found).toHaveLength(30_000);
  expect(new Set(found.map(({ finding }) => finding.commit))).toEqual(new Set([first]));
});

test("which pull requests have a commit is found without a visit for each of them", () => {
  const chain = Array.from({ length: 5000 }, (_, index) => ({
    id: `c${index}`,
    time: index,
    parents: index === 0 ? [] : [`c${index - 1}`],
  }));
  const tips = Array.from({ length: 5000 }, (_, index) => `c${4999 - (index % 10)}`);
  let visits = 0;
  const reaching = new CommitGraph(chain).firstTipsReaching(["c0", "c4999"], tips, 20, () => {
    visits += 1;
    return true;
  });
  expect(reaching.get("c0")).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(reaching.get("c4999")).toEqual(Array.from({ length: 20 }, (_, index) => 10 * index));
  expect(visits).toBeLessThan(200_000);
});
