/** The Action over real clones, as actions/checkout makes them, with the payloads of the events. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { keyOf } from "../../fixtures/keys.ts";
import { runAction } from "../../src/action/index.ts";
import { git, GIT_TEST_ENV, gitText, temporaryDirectory } from "../support/git-history.ts";
import { createWork } from "../support/scanned-history.ts";
import type { Work } from "../support/scanned-history.ts";

const ZEROS = "0".repeat(40);
const old = keyOf("sk_live_", "old");
const fresh = keyOf("sk_live_", "fresh");
const DEFAULT = { default_branch: "main" };
const sarifSchema = z.object({
  runs: z.tuple([
    z.object({
      results: z.array(
        z.object({
          locations: z.tuple([
            z.object({ physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }) }),
          ]),
        }),
      ),
    }),
  ]),
});

let folder: ReturnType<typeof temporaryDirectory>;
/** Where people push from. */
let work: Work;
let first: string;
let clones = 0;

beforeEach(() => {
  folder = temporaryDirectory();
  work = createWork();
  work.write("old.env", `KEY=${old}\n`);
  first = work.commit("first");
});
afterEach(() => {
  work.remove();
  folder.remove();
});

interface Outcome {
  readonly code: string;
  readonly log: string;
  /** Paths of the results in the SARIF file; null if there is none. */
  readonly sarif: readonly string[] | null;
}

/** A clone with all branches and tags, as with `fetch-depth: 0`, or a shallow one. */
function clone(ref: string, depth: number | null = null): string {
  clones += 1;
  const path = join(folder.path, `clone ${clones}`);
  git(folder.path, ["init", "-q", path]);
  git(path, ["remote", "add", "origin", `file://${work.path}`]);
  const refs =
    depth === null
      ? ["--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"]
      : [`--depth=${depth}`, "--no-tags", "origin"];
  git(path, ["-c", "protocol.file.allow=always", "fetch", "-q", ...refs, `+${ref}:refs/checked-out`]);
  git(path, ["checkout", "-q", "--detach", "refs/checked-out"]);
  return path;
}

async function act(path: string, name: string, payload: unknown, upload = true): Promise<Outcome> {
  clones += 1;
  const file = (of: string): string => join(folder.path, `${of}-${clones}`);
  writeFileSync(file("event"), JSON.stringify(payload));
  let log = "";
  await runAction({
    stdout: { write: (text) => (log += text) },
    environment: {
      PATH: process.env["PATH"],
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: file("event"),
      GITHUB_OUTPUT: file("output"),
      ROLLCALL_PATH: path,
      ROLLCALL_SARIF: upload ? file("sarif") : "",
    },
    version: "1.2.3",
    now: new Date("2026-11-22T00:00:00Z"),
    milliseconds: () => 0,
  });
  const outputs = new Map(
    readFileSync(file("output"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const sarif = outputs.get("sarif-file") ?? "";
  expect(log).not.toContain(old);
  expect(log).not.toContain(fresh);
  return { code: outputs.get("exit-code") ?? "", log, sarif: sarif === "" ? null : resultsIn(sarif) };
}

function resultsIn(file: string): readonly string[] {
  const [{ results }] = sarifSchema.parse(JSON.parse(readFileSync(file, "utf8"))).runs;
  return results.map(({ locations: [location] }) => location.physicalLocation.artifactLocation.uri);
}

/** A push to a branch, by its former and new commit. */
function pushTo(branch: string, before: string, after: string): object {
  return { ref: `refs/heads/${branch}`, before, after, repository: DEFAULT, pusher: { name: "ann" } };
}

function pullRequest(base: string, head: string): object {
  return {
    action: "synchronize",
    number: 1,
    pull_request: { head: { sha: head }, base: { sha: base, ref: "main" } },
  };
}

describe("a push", () => {
  test("with a new key fails; the report for code scanning keeps the keys of the branch", async () => {
    work.write("new.env", `KEY=${fresh}\n`);
    const after = work.commit("adds");
    const outcome = await act(clone("refs/heads/main"), "push", pushTo("main", first, after));
    expect(outcome).toMatchObject({ code: "1", sarif: ["old.env", "new.env"] });
    expect(outcome.log).toContain("new.env:1:5");
    expect(outcome.log).not.toContain("old.env");
  });

  test("that only edits a file with an old key passes", async () => {
    work.write("old.env", `KEY=${old}\n# more\n`);
    const after = work.commit("edits");
    expect(await act(clone("refs/heads/main"), "push", pushTo("main", first, after))).toMatchObject({
      code: "0",
      sarif: ["old.env"],
    });
  });

  test("with a key that the same push removes fails", async () => {
    work.write("new.env", `KEY=${fresh}\n`);
    work.commit("adds");
    work.write("new.env", "clean\n");
    const after = work.commit("removes");
    expect(await act(clone("refs/heads/main"), "push", pushTo("main", first, after), false)).toMatchObject({
      code: "1",
      sarif: null,
    });
  });

  test("with a test key passes, and says so", async () => {
    work.write("test.env", `KEY=${keyOf("sk_test_")}\n`);
    const after = work.commit("adds");
    const outcome = await act(clone("refs/heads/main"), "push", pushTo("main", first, after), false);
    expect(outcome.code).toBe("0");
    expect(outcome.log).toContain("None of this fails the job.");
  });

  test("of a new branch is read from where it leaves the default branch", async () => {
    work.git("checkout", "-q", "-b", "feature");
    work.write("new.env", `KEY=${fresh}\n`);
    const after = work.commit("adds");
    expect(await act(clone("refs/heads/feature"), "push", pushTo("feature", ZEROS, after))).toMatchObject({
      code: "1",
      sarif: ["old.env", "new.env"],
    });
    work.git("branch", "twin");
    const twin = await act(clone("refs/heads/twin"), "push", pushTo("twin", ZEROS, after), false);
    expect(twin.code).toBe("1");
  });

  test("of the default branch, new, is read whole", async () => {
    const { code, sarif } = await act(clone("refs/heads/main"), "push", pushTo("main", ZEROS, first));
    expect({ code, sarif }).toEqual({ code: "1", sarif: ["old.env"] });
  });

  test("that was forced is read from where it leaves the default branch: the clone lacks the commit before", async () => {
    work.git("checkout", "-q", "-b", "feature");
    work.write("a.txt", "a\n");
    const before = work.commit("before");
    work.git("reset", "-q", "--hard", first);
    work.write("new.env", `KEY=${fresh}\n`);
    const after = work.commit("after");
    const path = clone("refs/heads/feature");
    expect(spawnSync("git", ["cat-file", "-e", before], { cwd: path, env: GIT_TEST_ENV }).status).not.toBe(0);
    const outcome = await act(path, "push", pushTo("feature", before, after));
    expect(outcome.code).toBe("1");
    expect(outcome.log).not.toContain("old.env");
  });

  test("of an annotated tag is read with its message", async () => {
    work.git("tag", "-a", "-m", `for ${fresh}`, "v1");
    const after = work.git("rev-parse", "v1");
    const payload = { ref: "refs/tags/v1", before: ZEROS, after, repository: DEFAULT };
    const { code, log } = await act(clone("refs/tags/v1"), "push", payload, false);
    expect(code).toBe("1");
    expect(log).toContain("the tag ");
  });

  test("that deletes a branch passes", async () => {
    const outcome = await act(clone("refs/heads/main"), "push", pushTo("feature", first, ZEROS));
    expect(outcome).toMatchObject({ code: "0", sarif: null });
  });
});

describe("a pull request", () => {
  test("is read from its base to its head, not the base's own commits", async () => {
    work.git("checkout", "-q", "-b", "feature");
    work.write("new.env", `KEY=${fresh}\n`);
    const head = work.commit("adds");
    work.git("checkout", "-q", "main");
    work.write("base.env", `KEY=${keyOf("sk_live_", "base")}\n`);
    work.commit("base moves on");
    work.git("checkout", "-q", "-b", "merge");
    work.git("merge", "-q", "--no-ff", "-m", "merge", "feature");
    const outcome = await act(clone("refs/heads/merge"), "pull_request", pullRequest(first, head));
    expect(outcome).toMatchObject({ code: "1", sarif: ["new.env"] });
  });

  test("whose head merged the base after the event's base commit brings only its own", async () => {
    work.git("checkout", "-q", "-b", "feature");
    work.write("a.txt", "a\n");
    work.commit("feature");
    work.git("checkout", "-q", "main");
    work.write("base.env", `KEY=${fresh}\n`);
    work.commit("base moves on");
    work.git("checkout", "-q", "feature");
    work.git("merge", "-q", "--no-ff", "-m", "merge", "main");
    const head = work.git("rev-parse", "HEAD");
    expect(await act(clone("refs/heads/feature"), "pull_request", pullRequest(first, head))).toMatchObject({
      code: "0",
      sarif: [],
    });
  });

  test("in a clone of depth 1 is incomplete, and the log says what to do", async () => {
    work.git("checkout", "-q", "-b", "feature");
    work.write("new.env", `KEY=${fresh}\n`);
    const head = work.commit("adds");
    const outcome = await act(clone("refs/heads/feature", 1), "pull_request", pullRequest(first, head));
    expect(outcome.code).toBe("2");
    expect(outcome.log).toContain("give actions/checkout `fetch-depth: 0`");
    const other = await act(clone("refs/heads/main", 1), "pull_request", pullRequest(first, head));
    expect(other).toMatchObject({ code: "2", sarif: null });
    expect(other.log).toContain("Give actions/checkout `fetch-depth: 0`");
  });

  test("in a shallow clone that holds all of its commits is complete", async () => {
    work.write("a.txt", "a\n");
    const base = work.commit("base");
    work.write("b.txt", "b\n");
    const head = work.commit("head");
    expect(await act(clone("refs/heads/main", 2), "pull_request", pullRequest(base, head))).toMatchObject({
      code: "0",
    });
  });
});

test("a merge group is read from its base", async () => {
  work.write("new.env", `KEY=${fresh}\n`);
  const head = work.commit("adds");
  const payload = { action: "checks_requested", merge_group: { head_sha: head, base_sha: first } };
  expect(await act(clone("refs/heads/main"), "merge_group", payload)).toMatchObject({
    code: "1",
    sarif: ["new.env"],
  });
});

test("on a schedule, everything in the clone is read", async () => {
  expect(await act(clone("refs/heads/main"), "schedule", { schedule: "0 0 * * *" })).toMatchObject({
    code: "1",
    sarif: ["old.env"],
  });
});

test("a payload that is not the event's is an error, not a pass", async () => {
  await expect(act(clone("refs/heads/main"), "push", { ref: "refs/heads/main" })).rejects.toThrow(z.ZodError);
});

test("no repository at the path: incomplete", async () => {
  const outcome = await act("/", "push", pushTo("main", ZEROS, first));
  expect(outcome).toMatchObject({ code: "2", sarif: null });
});

describe("a hostile repository", () => {
  test("gives the runner no commands by the names of its files", async () => {
    work.write("::error::pwned/##[error]pwned.env", `KEY=${fresh}\n`);
    work.write("\n::set-output name=exit-code::0\n.env", `KEY=${fresh}\n`);
    work.write("-leading dash.env", `KEY=${fresh}\n`);
    const after = work.commit("adds");
    const { code, log } = await act(clone("refs/heads/main"), "push", pushTo("main", first, after));
    expect(code).toBe("1");
    // A runner takes commands before and after the token alone: what is between them is text.
    const commands = [...log.matchAll(/^::stop-commands::(\S+)\n(.*?)^::\1::\n/gms)];
    const outside = commands.reduce((rest, [whole]) => rest.replace(whole, ""), log);
    expect(outside).toBe("");
    for (const [, token = "", text = ""] of commands) expect(text).not.toContain(token);
  });

  test("runs nothing that its configuration names", async () => {
    work.write("new.env", `KEY=${fresh}\n`);
    work.write(".gitattributes", "* diff=evil filter=evil merge=evil\n");
    const after = work.commit("adds");
    const path = clone("refs/heads/main");
    const ran = join(folder.path, "ran");
    const evil = join(folder.path, "evil.sh");
    writeFileSync(evil, `#!/bin/sh\ntouch '${ran}'\n`);
    chmodSync(evil, 0o755);
    const settings = [
      "core.fsmonitor",
      "core.sshCommand",
      "core.pager",
      "core.editor",
      "core.askPass",
      "diff.external",
      "diff.evil.textconv",
      "diff.evil.command",
      "filter.evil.smudge",
      "filter.evil.clean",
      "filter.evil.process",
      "merge.evil.driver",
      "credential.helper",
      "gpg.program",
      "uploadpack.packObjectsHook",
    ];
    for (const name of settings) gitText(path, ["config", name, evil]);
    for (const alias of ["cat-file", "rev-parse", "rev-list", "diff-tree", "for-each-ref"])
      gitText(path, ["config", `alias.${alias}`, `!${evil}`]);
    gitText(path, ["config", "core.hooksPath", folder.path]);
    gitText(path, ["config", "include.path", join(folder.path, "included")]);
    writeFileSync(
      join(folder.path, "included"),
      `[core]\n\tfsmonitor = ${evil}\n[diff]\n\texternal = ${evil}\n`,
    );
    for (const hook of ["post-index-change", "reference-transaction", "post-checkout"])
      writeFileSync(join(folder.path, hook), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
    expect(await act(path, "push", pushTo("main", first, after))).toMatchObject({ code: "1" });
    expect(existsSync(ran)).toBe(false);
    // The trap works: git itself runs it.
    spawnSync("git", ["status"], { cwd: path, env: GIT_TEST_ENV });
    expect(existsSync(ran)).toBe(true);
  });
});
