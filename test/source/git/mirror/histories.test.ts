import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { modeOf } from "../../../support/folders.ts";
import { createHistoryMirrors } from "../../../../src/source/index.ts";
import type { FetchedHistory, HistoryMirror, HistoryMirrors } from "../../../../src/source/index.ts";
import { git, gitText, temporaryDirectory, writeHistory } from "../../../support/git-history.ts";
import { chain, NEVER } from "../../../support/remote-repository.ts";

interface Stage {
  readonly remote: string;
  readonly directory: string;
  readonly commits: readonly string[];
  readonly mirrors: HistoryMirrors;
  readonly mirror: HistoryMirror;
  /** Bytes that are free on the disk. */
  free: number;
}

const open: { remove(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.remove();
});

function stage(maxBytes = 1e9): Stage {
  const temporary = temporaryDirectory();
  open.push(temporary);
  const remote = join(temporary.path, "remote.git");
  const commits = writeHistory(remote, chain(6));
  const directory = join(temporary.path, "histories");
  const one = { free: 1e12 };
  const mirrors = createHistoryMirrors({
    directory,
    maxBytes,
    environment: { PATH: process.env["PATH"] },
    protocols: ["file"],
    freeBytes: async () => one.free,
  });
  const mirror = mirrors.open({ id: 7, url: pathToFileURL(remote).href, token: async () => null });
  return Object.assign(one, { remote, directory, commits, mirrors, mirror });
}

async function fetched(
  { mirror }: Stage,
  of: { readonly defaultBranch?: string; readonly sizeBytes?: number } = {},
  read: (history: FetchedHistory) => Promise<void> = async () => {},
): Promise<FetchedHistory> {
  const { defaultBranch = "main", sizeBytes = null } = of;
  return mirror.fetch(await mirror.listRefs(NEVER), { defaultBranch, sizeBytes }, NEVER, async (history) => {
    await read(history);
    return history;
  });
}

/** Every ref of a repository with what it names. */
function refsOf(directory: string): readonly string[] {
  return gitText(directory, ["for-each-ref", "--format=%(refname) %(objectname)"]).trim().split("\n");
}

test("everything that refs lead to is fetched, with notes, tags and pull requests, but not GitHub's trial merges", async () => {
  const one = stage();
  const [first = "", second = ""] = one.commits;
  git(one.remote, ["notes", "--ref=refs/notes/commits", "add", "-m", "A note", first]);
  git(one.remote, ["tag", "-a", "-m", "A tag", "v1", second]);
  git(one.remote, ["update-ref", "refs/pull/7/head", second]);
  git(one.remote, ["update-ref", "refs/pull/7/merge", first]);
  git(one.remote, ["update-ref", "refs/odd/one", first]);
  const { gitDirectory, tips } = await fetched(one, { defaultBranch: "c5" });
  expect(refsOf(gitDirectory)).toEqual(refsOf(one.remote).filter((ref) => !ref.includes("/merge ")));
  expect(gitText(gitDirectory, ["cat-file", "-p", "v1"])).toContain("A tag");
  expect(gitText(gitDirectory, ["symbolic-ref", "HEAD"]).trim()).toBe("refs/heads/c5");
  expect(tips.length).toBe(one.commits.length + 2);
  const objects = (directory: string): string =>
    gitText(directory, ["rev-list", "--objects", "--all", "--no-object-names"]).split("\n").sort().join("\n");
  git(one.remote, ["update-ref", "-d", "refs/pull/7/merge"]);
  expect(objects(gitDirectory)).toBe(objects(one.remote));
});

test("the second fetch brings only what is new, and refs that are gone go", async () => {
  const one = stage();
  const before = await fetched(one);
  const [, second = ""] = one.commits;
  const tree = gitText(one.remote, ["rev-parse", `${second}^{tree}`]).trim();
  const next = gitText(one.remote, ["commit-tree", "-p", second, "-m", "Next", tree]).trim();
  git(one.remote, ["update-ref", "refs/heads/next", next]);
  git(one.remote, ["update-ref", "-d", "refs/heads/c5"]);
  const after = await fetched(one);
  expect(after.fetchedBytes).toBeLessThan(before.fetchedBytes / 2);
  expect(refsOf(after.gitDirectory)).toEqual(refsOf(one.remote));
});

test("nothing of the repository's name, address or token is on disk", async () => {
  const one = stage();
  const { gitDirectory } = await fetched(one);
  for (const name of ["config", "packed-refs", "HEAD"])
    expect(readFileSync(join(gitDirectory, name), "utf8")).not.toContain(one.remote);
});

test("a repository that GitHub says is over the limit is not even asked for", async () => {
  const one = stage(1000);
  await expect(fetched(one, { sizeBytes: 1001 })).rejects.toMatchObject({ code: "too_many_bytes" });
});

test("one that turns out to be over the limit is stopped, and nothing of it is kept", async () => {
  const one = stage(10_000);
  const noise = randomBytes(60_000);
  const blob = gitText(one.remote, ["hash-object", "-w", "--stdin"], noise).trim();
  git(one.remote, ["update-ref", "refs/tags/large", blob]);
  for (const ref of refsOf(one.remote).filter((each) => each.startsWith("refs/heads/")))
    git(one.remote, ["update-ref", "-d", ref.split(" ")[0] ?? ""]);
  await expect(fetched(one, { sizeBytes: 1 })).rejects.toMatchObject({ code: "too_many_bytes" });
  expect(existsSync(join(one.directory, "7.git"))).toBe(false);
});

test("where the disk has no room, nothing is fetched, and it is worth trying again", async () => {
  const one = stage();
  one.free = 1024 ** 3 + 10;
  await expect(fetched(one, { sizeBytes: 11 })).rejects.toMatchObject({ code: "disk_full", retry: "hours" });
});

test("the mirrors unused for longest make room, but not one that is being read", async () => {
  const one = stage(1_000_000);
  await fetched(one);
  const other = one.mirrors.open({ id: 8, url: pathToFileURL(one.remote).href, token: async () => null });
  const refs = await other.listRefs(NEVER);
  const large = { defaultBranch: "main", sizeBytes: 999_000 };
  await fetched(one, {}, async () => {
    await other.fetch(refs, large, NEVER, async () => null);
    expect(await one.mirrors.ids()).toEqual([7, 8]);
  });
  await other.fetch(refs, large, NEVER, async () => null);
  expect(await one.mirrors.ids()).toEqual([8]);
  await one.mirrors.remove(8);
  expect(await one.mirrors.ids()).toEqual([]);
});

test("leftovers of a killed fetch are removed, and a damaged mirror is fetched again", async () => {
  const one = stage();
  const { gitDirectory } = await fetched(one);
  const leftover = join(gitDirectory, "objects", "pack", "tmp_pack_1");
  writeFileSync(leftover, "half");
  writeFileSync(join(gitDirectory, "packed-refs.lock"), "");
  await fetched(one);
  expect(existsSync(leftover)).toBe(false);
  rmSync(join(gitDirectory, "objects"), { recursive: true });
  await fetched(one);
  expect(gitText(gitDirectory, ["rev-list", "--objects", "--all"]).length).toBeGreaterThan(0);
});

test("an empty repository has an empty history", async () => {
  const one = stage();
  for (const ref of refsOf(one.remote)) git(one.remote, ["update-ref", "-d", ref.split(" ")[0] ?? ""]);
  expect(await fetched(one)).toMatchObject({ tips: [], fetchedBytes: 0 });
});

test("only the user who runs Rollcall can enter the fetched histories", async () => {
  const one = stage();
  await fetched(one);
  expect(modeOf(one.directory)).toBe("700");
  expect(modeOf(join(one.directory, "7.git"))).toBe("700");
});
