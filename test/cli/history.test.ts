import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { keyOf } from "../../fixtures/keys.ts";
import { jsonReportSchema } from "../../src/report/index.ts";
import { run } from "../../src/cli/index.ts";
import { runCommand, runJson, surroundings } from "../support/run-command.ts";
import { createWork } from "../support/scanned-history.ts";
import type { Work } from "../support/scanned-history.ts";

/** What these tests look at in a SARIF report. */
const result = z.object({
  locations: z.array(
    z.object({ physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }) }),
  ),
  message: z.object({ text: z.string() }),
  properties: z.object({ commit: z.string(), atTip: z.boolean().nullable() }),
});
const sarif = z.object({ runs: z.tuple([z.object({ results: z.tuple([result, result]) })]) });

const TIMEOUT = 120_000;
const CLI = join(import.meta.dirname, "../../src/cli.ts");
const live = keyOf("sk_live_", "history");
const inMessage = keyOf("sk_live_", "message");

let work: Work;
let first: string;

beforeAll(() => {
  work = createWork();
  work.write("src/pay.env", `# key\nKEY=${live}\n`);
  first = work.commit("adds");
  work.write("src/pay.env", "clean\n");
  work.commit(`removes ${inMessage}`);
  work.git("tag", "later");
  work.write("other.txt", "clean\n");
  work.commit("more");
});
afterAll(() => work.remove());

test("JSON: a key that is gone from the files, at its commit and path", { timeout: TIMEOUT }, async () => {
  const { code, err, report } = await runJson(["--git", work.path]);
  expect({ code, err, complete: report.complete }).toEqual({ code: 1, err: "", complete: true });
  expect(report.findings).toMatchObject([
    {
      commit: first,
      path: "src/pay.env",
      line: 2,
      column: 5,
      history: {
        source: "file",
        author: "Ada Example <ada@example.com>",
        atTip: false,
        branches: ["main"],
        ref: null,
      },
    },
    { path: null, line: 1, history: { source: "commit", atTip: null } },
  ]);
});

test("text: says who added it, when, and whether it is still there", { timeout: TIMEOUT }, async () => {
  const { out } = await runCommand(["--git", work.path]);
  expect(out).toContain(
    `src/pay.env:2:5\n    added in ${first.slice(0, 12)} by Ada Example <ada@example.com> on 2023-11-15; not at the tip of the default branch; in main\n`,
  );
  expect(out).toMatch(/ {2}the message of commit [0-9a-f]{12}:1:9\n/);
  expect(out).not.toContain(live);
});

test(
  "SARIF: what is in no file has a location outside of every file, and its message says where it is",
  { timeout: TIMEOUT },
  async () => {
    const { out } = await runCommand(["--git", "--format", "sarif", work.path]);
    const [file, message] = sarif.parse(JSON.parse(out)).runs[0].results;
    expect(file.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)).toEqual([
      "src/pay.env",
    ]);
    expect(file.properties).toMatchObject({ commit: first, atTip: false });
    expect(message.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)).toEqual([
      expect.stringMatching(/^\.git\/commit\/[0-9a-f]{40}$/),
    ]);
    expect(message.message.text).toContain("in the message of commit");
  },
);

test("only what is new since a commit: none, then exit code 0", { timeout: TIMEOUT }, async () => {
  expect(await runJson(["--git", work.path, "--since", "later"])).toMatchObject({
    code: 0,
    report: { complete: true, findings: [] },
  });
});

test("--branch with an annotated tag reads the tag's message too", { timeout: TIMEOUT }, async () => {
  const inTag = keyOf("sk_live_", "in a tag");
  const other = createWork();
  other.write("a.txt", "a\n");
  other.commit("clean");
  other.git("tag", "-a", "-m", inTag, "noted");
  const { report } = await runJson(["--git", "--branch", "noted", other.path]);
  other.remove();
  expect(report.findings.map(({ redacted }) => redacted.slice(-4))).toEqual([inTag.slice(-4)]);
});

test.each([
  [["--git", "a", "b"], "one repository"],
  [["--since", "x"], "with --git only"],
  [["--git", "--explain"], "works without"],
])("%j is refused", async (args, words) => {
  const { code, err } = await runCommand(args);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test.each([
  [["--git", "/"], "no git repository"],
  [["--git", "--since", "no-such"], "no commit of that name"],
  [["--git", "--branch=--output=x"], "no commit of that name"],
])("%j cannot run", { timeout: TIMEOUT }, async (args, words) => {
  const paths = args.includes("/") ? [] : [work.path];
  const { code, err } = await runCommand([...args, ...paths]);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test("piped, it writes no progress and no colour", { timeout: TIMEOUT }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "--git", work.path], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  expect(stdout).not.toContain("\u001b");
});

test("Ctrl-C while it lists objects: a report that says it is incomplete", { timeout: TIMEOUT }, async () => {
  const reading = new AbortController();
  let out = "";
  const code = await run(["--git", "--format", "json", work.path], {
    ...surroundings(),
    stdout: { write: (text) => (out += text) },
    stderr: {
      isTTY: true,
      write: (text) => {
        if (text.includes("Listing")) reading.abort();
      },
    },
    interruption: { reading: reading.signal, everything: new AbortController().signal },
  });
  expect(code).toBe(2);
  expect(jsonReportSchema.parse(JSON.parse(out))).toMatchObject({ complete: false, findings: [] });
});

test(
  "a second Ctrl-C while it looks up the commits: what was found is reported without its place",
  { timeout: TIMEOUT },
  async () => {
    const everything = new AbortController();
    let out = "";
    const code = await run(["--git", "--format", "json", work.path], {
      ...surroundings(),
      stdout: { write: (text) => (out += text) },
      stderr: {
        isTTY: true,
        write: (text) => {
          if (text.includes("Looking up")) everything.abort();
        },
      },
      interruption: { reading: new AbortController().signal, everything: everything.signal },
    });
    expect(code).toBe(2);
    const report = jsonReportSchema.parse(JSON.parse(out));
    expect(report.complete).toBe(false);
    expect(new Set(report.findings.map(({ redacted }) => redacted.slice(-4)))).toEqual(
      new Set([live.slice(-4), inMessage.slice(-4)]),
    );
  },
);

test("on a terminal it shows how far it came, and removes the line", { timeout: TIMEOUT }, async () => {
  let err = "";
  let time = 0;
  await run(["--git", work.path], {
    ...surroundings(),
    stderr: { isTTY: true, write: (text) => (err += text) },
    milliseconds: () => (time += 5000),
  });
  expect(err).toMatch(/█{20} 100 % {2}0 MB/);
  expect(err.endsWith("\r\u001b[2K")).toBe(true);
});
