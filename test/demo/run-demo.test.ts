import { mkdtemp, readFile, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Chapter } from "../../demo/chapter.ts";
import { runDemo } from "../../demo/run-demo.ts";
import type { DemoOptions } from "../../demo/run-demo.ts";
import type { Stage } from "../../demo/stage.ts";
import { createPaint } from "../../demo/paint.ts";
import { cloneOf } from "../../fixtures/clone.ts";
import { keyOf } from "../../fixtures/keys.ts";

const CLEAN: Chapter = {
  id: "clean",
  title: "A clean push",
  by: "ann",
  intro: "Ann begins.",
  steps: [
    { kind: "commit", message: "Begin", files: { "README.md": "# Shop\n" } },
    { kind: "push", branch: "main" },
  ],
  expected: { conclusion: "success", annotations: 0, openIssues: 0 },
  because: "There is no key.",
};

const LEAKED = keyOf("sk_live_", "not rolled");

const LEAK: Chapter = {
  id: "leak",
  title: "A leak",
  by: "ann",
  intro: "Ann leaks a key.",
  steps: [
    { kind: "commit", message: "Pay", files: { "pay.py": `stripe.api_key = "${LEAKED}"\n` } },
    { kind: "push", branch: "main" },
  ],
  expected: { conclusion: "failure", annotations: 1, openIssues: 1 },
  because: "There is a key.",
};

const CLOSED_EARLY: Chapter = {
  id: "closed-early",
  title: "Closed too early",
  by: "ann",
  leakOf: "leak",
  intro: "Ann closes the issue.",
  steps: [{ kind: "close-issue" }],
  expected: { ...LEAK.expected, issue: { state: "open", by: "rollcall[bot]", says: "still works" } },
  because: "The key still works.",
};

interface Run {
  readonly lines: string[];
  readonly page: string;
  readonly stages: Stage[];
  readonly result: Promise<boolean>;
  says(text: string): Promise<void>;
}

async function begin(story: readonly Chapter[], options: Partial<DemoOptions> = {}): Promise<Run> {
  const out = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const lines: string[] = [];
  const stages: Stage[] = [];
  const listeners = new Set<() => void>();
  const result = runDemo({
    story,
    workingKeys: [],
    once: true,
    out,
    signal: new AbortController().signal,
    onStage: (stage) => stages.push(stage),
    audience: {
      print: (line) => {
        lines.push(line);
        for (const listener of listeners) listener();
      },
      paint: createPaint(false),
      width: 100,
    },
    ...options,
  });
  return {
    lines,
    page: join(out, "index.html"),
    stages,
    result,
    async says(text) {
      const said = Promise.withResolvers<void>();
      const listen = (): void => {
        if (lines.some((line) => line.includes(text))) said.resolve();
      };
      listeners.add(listen);
      listen();
      await Promise.race([said.promise, result]);
    },
  };
}

test("an unexpected verdict is printed, shown on the page, and fails the demo", async () => {
  const wrong: Chapter = {
    ...CLEAN,
    expected: { conclusion: "failure", annotations: 2, openIssues: 1 },
  };
  const run = await begin([wrong]);
  expect(await run.result).toBe(false);
  const told = run.lines.join("\n");
  expect(told).toContain("NOT AS EXPECTED");
  expect(told).toContain("The conclusion is success, expected failure.");
  expect(told).toContain("It has 0 annotations, expected 2.");
  expect(told).toContain("The repository has 0 open issues, expected 1.");
  expect(told).not.toContain("verdicts were as expected");
  expect(await readFile(run.page, "utf8")).toContain("Not as expected: The conclusion is success");
});

test("a leak whose issue is not as expected fails the demo", async () => {
  const wrong: Chapter = {
    ...CLOSED_EARLY,
    id: "wrong",
    title: "Closed for good",
    expected: { ...LEAK.expected, issue: { state: "closed", by: "ann", says: "a word that is not there" } },
  };
  const run = await begin([LEAK, CLOSED_EARLY, wrong], { workingKeys: [LEAKED] });
  expect(await run.result).toBe(false);
  const told = run.lines.join("\n");
  expect(told).toContain("Issue #1 is open, expected closed.");
  expect(told).toContain("Issue #1 was changed last by rollcall[bot], expected ann.");
  expect(told).toContain('The last comment of issue #1 does not say "a word that is not there".');
  expect(told).toContain("Not as expected: Closed for good");
  expect(told).not.toContain(LEAKED);
});

test("a chapter that goes on with a leak that is not there ends the demo", async () => {
  const run = await begin([CLEAN, { ...CLOSED_EARLY, leakOf: "clean" }]);
  await expect(run.result).rejects.toThrow('"Closed too early" goes on with "clean", which filed no issue.');
});

test("if the app dies, the demo fails with the app's last output and leaves no files", async () => {
  const stages: Stage[] = [];
  const run = await begin([CLEAN], {
    onStage: (stage) => {
      stages.push(stage);
      process.kill(stage.app.pid, "SIGKILL");
    },
  });
  await expect(run.result).rejects.toThrow(/ended by SIGKILL\. It said last:[^]*"msg":/);
  expect(stages.map((stage) => existsSync(stage.directory))).toEqual([false]);
});

test("without --once it prints the verdict of each push until it is stopped", async () => {
  const stop = new AbortController();
  const run = await begin([CLEAN], { once: false, signal: stop.signal });
  await run.says("git clone");
  const [stage] = run.stages;
  const command = run.lines.find((line) => line.includes("git clone"));
  const url = command?.trim().split(" ").at(-1) ?? "";
  const folder = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clone = await cloneOf(url, join(folder, "shop"));
  const key = keyOf("sk_live_", "pushed by hand");
  await clone.commit("Pushed by hand", { "app.rb": `Stripe.api_key = "${key}"\n` });
  await clone.push("HEAD:main");
  await run.says("Issue #1");
  stop.abort();
  expect(await run.result).toBe(true);
  const told = run.lines.join("\n");
  expect(told).toContain("Pushed by hand");
  expect(told).toContain("1 live Stripe secret key leaked");
  expect(told).not.toContain(key);
  expect(existsSync(stage?.directory ?? "")).toBe(false);
});
