import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { getPriority } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { keyOf } from "../../../fixtures/keys.ts";
import { HistoryProcessError, readHistoryApart } from "../../../src/scan/index.ts";
import type { ApartRequest, HistoryRead } from "../../../src/scan/index.ts";
import { createWork, fingerprintOf, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

const open: Work[] = [];
afterEach(() => {
  for (const work of open.splice(0)) work.remove();
});

function work(): Work {
  const made = createWork();
  open.push(made);
  return made;
}

async function read(path: string, told: Partial<ApartRequest> = {}): Promise<HistoryRead> {
  return readHistoryApart({
    gitDirectory: join(path, ".git"),
    known: [],
    holders: new Map(),
    now: new Date("2026-11-22T00:00:00Z"),
    maxFindings: 100,
    environment: { PATH: process.env["PATH"], PRIVATE_KEY: "a secret" },
    niceness: 15,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...told,
  });
}

function withKey(one: Work, path: string, seed: string): string {
  const key = keyOf("sk_live_", seed);
  one.write(path, `stripe.api_key = "${key}"\n`);
  return key;
}

test("a history read in another process says the same as one read here", async () => {
  const one = work();
  withKey(one, "pay.py", "apart");
  one.commit("Pay");
  one.write("pay.py", "");
  one.commit("Clean up");
  const [apart, here] = [await read(one.path), await scanned(one.path)];
  expect(apart.findings.map(({ finding, origin }) => ({ finding, origin }))).toEqual(
    here.findings.map(({ finding, origin }) => ({ finding, origin })),
  );
  expect({ gaps: apart.gaps, objects: apart.objects, bytes: apart.bytes }).toEqual({
    gaps: here.gaps,
    objects: here.objects,
    bytes: here.bytes,
  });
});

test("of a known history only what is new is read, and the look at the tip knows what was found before", async () => {
  const one = work();
  const old = withKey(one, "pay.py", "old");
  const known = one.commit("Pay");
  const first = await read(one.path);
  const fresh = withKey(one, "other.py", "new");
  one.commit("Other");
  const gone = "9".repeat(40);
  const second = await read(one.path, { known: [known, gone], holders: new Map(first.holders) });
  expect(second.findings.map(({ finding }) => finding.fingerprint)).toEqual([fingerprintOf(fresh)]);
  expect(new Set(second.atTip)).toEqual(new Set([fingerprintOf(old), fingerprintOf(fresh)]));
  expect(second.gaps).toEqual([]);
  one.git("rm", "-q", "pay.py");
  one.commit("Clean up");
  const third = await read(one.path, {
    known: [known, one.git("rev-parse", "HEAD^")],
    holders: new Map([...first.holders, ...second.holders]),
  });
  expect(third.atTip).toEqual([fingerprintOf(fresh)]);
});

test("what only pull requests have says which, and comes after what a branch has, whatever its date", async () => {
  const one = work();
  one.write("README.md", "Shop");
  const base = one.commit("Begin");
  const shared = withKey(one, "shared.py", "shared");
  const theirs = withKey(one, "theirs.py", "theirs");
  const pull = one.commit("Theirs");
  one.git("update-ref", "refs/pull/7/head", pull);
  one.git("update-ref", "refs/pull/9/head", pull);
  one.git("reset", "-q", "--hard", base);
  // A commit counts as later than its parents, so this one is later than that of the pull request.
  for (const message of ["One", "Two", "Three"]) one.commit(message);
  withKey(one, "shared.py", "shared");
  const ours = one.commit("Ours");
  const { findings } = await read(one.path);
  const by = new Map(findings.map((found) => [found.finding.fingerprint, found]));
  expect(by.get(fingerprintOf(shared))).toMatchObject({
    isOnlyInPulls: false,
    pulls: [],
    finding: { commit: ours },
  });
  expect(by.get(fingerprintOf(theirs))).toMatchObject({
    isOnlyInPulls: true,
    pulls: [7, 9],
    finding: { commit: pull },
  });
});

test("more findings than are kept are a gap", async () => {
  const one = work();
  for (const seed of ["a", "b", "c"]) withKey(one, `${seed}.py`, seed);
  one.commit("Pay");
  const { findings, gaps } = await read(one.path, { maxFindings: 2 });
  expect(findings).toHaveLength(2);
  expect(gaps).toEqual([expect.objectContaining({ reason: "too_many_findings" })]);
});

test("a folder without a repository is an error that says so", async () => {
  await expect(read("/nowhere")).rejects.toThrow(HistoryProcessError);
});

test("a reading that is called off ends", async () => {
  const one = work();
  withKey(one, "pay.py", "called-off");
  one.commit("Pay");
  const stop = new AbortController();
  const reading = read(one.path, { signal: stop.signal });
  stop.abort(new Error("stopped"));
  await expect(reading).rejects.toThrow("stopped");
});

test("the process gives way to others, and sees nothing of the app's environment", async () => {
  const one = work();
  withKey(one, "pay.py", "nice");
  one.commit("Pay");
  const reading = read(one.path);
  const tasks = await readdir("/proc/self/task").catch(() => []);
  const seen: { readonly niceness: number; readonly environment: string }[] = [];
  for (const task of tasks) {
    const children = await readFile(`/proc/self/task/${task}/children`, "utf8");
    for (const pid of children.split(" ").filter((each) => each !== "")) {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes("apart.ts")) continue;
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      seen.push({ niceness: getPriority(Number(pid)), environment });
    }
  }
  await reading;
  // Only Linux shows them.
  if (tasks.length === 0) return;
  expect(seen.map(({ niceness }) => niceness)).toEqual([15]);
  expect(seen[0]?.environment).not.toContain("secret");
});

test("the process ends when the one that started it does", async () => {
  const program = join(import.meta.dirname, "../../../src/scan/history/apart.ts");
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
  expect(child.exitCode).not.toBe(0);
});
