/** `action.yml` as a runner reads it: its scripts are run, and what they are given. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { keyOf } from "../../fixtures/keys.ts";
import { temporaryDirectory } from "../support/git-history.ts";
import { createWork } from "../support/scanned-history.ts";
import type { Work } from "../support/scanned-history.ts";

const ROOT = join(import.meta.dirname, "../..");
const text = readFileSync(join(ROOT, "action.yml"), "utf8");
const { inputs, runs } = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
    runs: z.object({
      using: z.literal("composite"),
      steps: z.array(
        z.object({
          id: z.string().optional(),
          uses: z.string().optional(),
          run: z.string().optional(),
          shell: z.string().optional(),
          "working-directory": z.string().optional(),
          env: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  })
  .parse(parse(text));
const scripts = runs.steps.filter(({ run }) => run !== undefined);

let work: Work;
let folder: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  folder = temporaryDirectory();
  work = createWork();
});
afterEach(() => {
  work.remove();
  folder.remove();
});

test("pins every action by a full commit id, with its version beside it", () => {
  for (const line of text.split("\n").filter((each) => /\buses:/.test(each)))
    expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("expressions reach scripts through the environment alone", () => {
  for (const { run } of scripts) expect(run).not.toContain("${{");
});

test("no script runs in the scanned repository", () => {
  const places = scripts
    .filter(({ run }) => /\b(?:node|npm)\b/.test(run ?? ""))
    .map((step) => step["working-directory"]);
  expect(places).toEqual(["${{ github.action_path }}", "${{ github.action_path }}"]);
});

test("the Action installs the packages that the sources import", () => {
  const [{ run = "" } = {}] = scripts;
  expect(run).toContain("npm ci --omit=dev --omit=optional --ignore-scripts");
});

/** What the runner fills in, in the order of the steps. */
function filled(expression: string, values: Readonly<Record<string, string>>): string {
  const value = values[expression];
  if (value === undefined) throw new Error(`this test knows no ${expression}`);
  return value;
}

/** Runs the scan and the last step, as a runner would on a clone at `path`. */
function runSteps(path: string, event: object): { readonly log: string; readonly status: number | null } {
  const output = join(folder.path, "output");
  writeFileSync(join(folder.path, "event.json"), JSON.stringify(event));
  writeFileSync(output, "");
  const runStep = (id: string | undefined, values: Readonly<Record<string, string>>) => {
    const step = scripts.find(
      (each) => each.id === id && (id !== undefined || each.run?.startsWith("exit") === true),
    );
    const environment = new Map(
      Object.entries(step?.env ?? {}).map(([name, value]) => [name, filled(value, values)]),
    );
    return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? ""], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        GITHUB_EVENT_NAME: "push",
        GITHUB_EVENT_PATH: join(folder.path, "event.json"),
        GITHUB_OUTPUT: output,
        ...Object.fromEntries(environment),
      },
    });
  };
  const scan = runStep("scan", {
    "${{ inputs.path }}": path,
    "${{ inputs.upload == 'true' && format('{0}/rollcall.sarif', runner.temp) || '' }}": join(
      folder.path,
      "a.sarif",
    ),
  });
  const code = /^exit-code=(.*)$/m.exec(readFileSync(output, "utf8"))?.[1] ?? "";
  const { status } = runStep(undefined, { "${{ steps.scan.outputs.exit-code }}": code });
  return { log: scan.stdout + scan.stderr, status: scan.status === 0 ? status : scan.status };
}

test("its scripts fail the job for a new key, and pass without", () => {
  work.write("a.txt", "a\n");
  const before = work.commit("before");
  work.write("new.env", `KEY=${keyOf("sk_live_")}\n`);
  const after = work.commit("after");
  const push = { ref: "refs/heads/main", repository: { default_branch: "main" } };
  const red = runSteps(work.path, { ...push, before, after });
  expect(red.status).toBe(1);
  expect(red.log).toContain("new.env:1:5");
  expect(JSON.parse(readFileSync(join(folder.path, "a.sarif"), "utf8"))).toMatchObject({ version: "2.1.0" });
  expect(runSteps(work.path, { ...push, before: after, after }).status).toBe(0);
});

test("a path with spaces, quotes and a dollar sign is a path", () => {
  const odd = join(folder.path, `-a "b' $(touch pwned) ;`);
  mkdirSync(odd);
  expect(
    runSteps(odd, {
      ref: "refs/heads/main",
      before: "a".repeat(40),
      after: "b".repeat(40),
      repository: { default_branch: "main" },
    }).status,
  ).toBe(2);
});

test("a scan that breaks off fails the job", () => {
  expect(runSteps(work.path, {}).status).not.toBe(0);
});

test("every input is described, and has a default", () => {
  expect(Object.keys(inputs)).toEqual(["path", "upload", "category"]);
});
