/**
 * What the app costs: REST requests and git fetches until the completed check, time from the push's delivery to it,
 * memory of the process. The local GitHub adds 100 ms to each REST request. One run, one machine, figures as measured.
 *
 *   npx node bench/app.ts [--only NAME]
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { openStage } from "../demo/stage.ts";
import type { Stage } from "../demo/stage.ts";
import { keyOf } from "../fixtures/keys.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, rounds: { type: "string", default: "5" } },
});
const run = promisify(execFile);
const ROUNDS = Number(values.rounds);
const LATENCY_MS = 100;
/** Until the garbage of the start is collected. */
const SETTLE_MS = 20_000;
const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

interface Figures {
  readonly rest: number;
  readonly tokens: number;
  readonly fetches: number;
  readonly gitBytes: number;
  readonly ms: number;
  readonly conclusion: string;
  readonly title: string;
}

function memoryMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Not synchronous: the local GitHub that git speaks to lives in this process. */
async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { env: ENVIRONMENT, maxBuffer: 1 << 28 });
  return stdout.trim();
}

class Working {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  static async clone(stage: Stage, name: string): Promise<Working> {
    const directory = join(stage.directory, name);
    await git("clone", "--quiet", stage.github.cloneUrl(stage.repository, "ann"), directory);
    return new Working(directory);
  }

  /** Adds commits to a branch by git fast-import: each writes `files` new files. */
  async grow(
    branch: string,
    commits: number,
    files: number,
    lineOf: (commit: number, file: number) => string,
  ): Promise<string> {
    const importer = spawn("git", ["-C", this.directory, "fast-import", "--quiet", "--force"], {
      env: ENVIRONMENT,
      stdio: ["pipe", "ignore", "inherit"],
    });
    const tip = await git("-C", this.directory, "rev-parse", "--verify", "--quiet", branch).catch(() => "");
    const from = tip === "" ? "" : `from ${tip}\n`;
    for (let commit = 0; commit < commits; commit += 1) {
      let text = `commit refs/heads/${branch}\ncommitter Ann <ann@example.org> ${1_700_000_000 + commit} +0000\ndata 4\nstep\n`;
      if (commit === 0) text += from;
      for (let file = 0; file < files; file += 1) {
        const line = lineOf(commit, file);
        text += `M 100644 inline ${branch}/${commit % 97}/${file}-${commit}.ts\ndata ${Buffer.byteLength(line)}\n${line}\n`;
      }
      if (!importer.stdin.write(text)) await once(importer.stdin, "drain");
    }
    importer.stdin.end();
    await once(importer, "exit");
    return git("-C", this.directory, "rev-parse", branch);
  }

  async push(...refs: string[]): Promise<void> {
    await git("-C", this.directory, "push", "--quiet", "origin", ...refs);
  }
}

/** Does something, and measures until the check of `head` is completed. */
async function measure(stage: Stage, head: string, work: () => Promise<void> | void): Promise<Figures> {
  const { github, repository } = stage;
  await github.idle();
  const from = github.requests.length;
  const deliveries = github.deliveries.length;
  await work();
  await github.until(
    () => github.checkRuns(repository, head, "Rollcall").at(-1)?.status === "completed",
    `check of ${head}`,
    120_000,
  );
  const ended = Date.now();
  const run = github.checkRuns(repository, head, "Rollcall").at(-1);
  const mine = github.requests
    .slice(from)
    .filter((request) => request.as === "app" || request.as.startsWith("installation"));
  const rest = mine.filter((request) => request.kind === "rest");
  const tokens = rest.filter((request) => request.path.endsWith("/access_tokens"));
  const fetches = mine.filter((request) => request.kind === "git" && request.method === "POST");
  const delivered = github.deliveries[deliveries];
  return {
    rest: rest.length - tokens.length,
    tokens: tokens.length,
    fetches: fetches.length,
    gitBytes: fetches.reduce((sum, request) => sum + request.bytesOut, 0),
    ms: ended - (delivered === undefined ? ended : Date.parse(delivered.deliveredAt)),
    conclusion: run?.conclusion ?? "none",
    title: run?.title ?? "",
  };
}

function show(name: string, figures: Figures, extra = ""): void {
  console.log(
    `${name.padEnd(44)} ${String(figures.rest).padStart(4)} REST  ${String(figures.tokens).padStart(2)} tokens  ${String(figures.fetches).padStart(3)} fetches  ${String(Math.round(figures.gitBytes / 1000)).padStart(7)} kB  ${String(figures.ms).padStart(6)} ms  ${figures.conclusion}: ${figures.title} ${extra}`,
  );
}

const plain = (commit: number, file: number): string =>
  `export const value${commit}x${file} = ${commit * file};\n`;

const parts: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "one commit"(stage) {
    const working = await Working.clone(stage, "one");
    const first = await working.grow("main", 1, 1, plain);
    show("first push (cold)", await measure(stage, first, () => working.push("main")));
    const warm = await working.grow(
      "main",
      1,
      1,
      (_commit, file) => `const key = "${keyOf("sk_live_", `warm${file}`)}";\n`,
    );
    show("first leak (record of issues cold)", await measure(stage, warm, () => working.push("main")));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const head = await working.grow("main", 1, 2, (_c, file) => plain(round + 1000, file));
      const figures = await measure(stage, head, () => working.push("main"));
      times.push(figures.ms);
      if (round === ROUNDS - 1) show("push of 1 clean commit", figures);
    }
    console.log(`  delivery to completed check, clean: median ${median(times)} ms of ${times.join(", ")}`);
    times.length = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const head = await working.grow(
        "main",
        1,
        1,
        () => `const stripe = "${keyOf("sk_live_", `leak${round}`)}";\n`,
      );
      const figures = await measure(stage, head, () => working.push("main"));
      times.push(figures.ms);
      if (round === ROUNDS - 1) show("push of 1 commit with a live key (+ issue)", figures);
    }
    console.log(
      `  delivery to completed check, with issue: median ${median(times)} ms of ${times.join(", ")}`,
    );
  },
  async "ten commits"(stage) {
    const working = await Working.clone(stage, "ten");
    const head = await working.grow("ten", 10, 2, plain);
    show("push of 10 commits (new branch)", await measure(stage, head, () => working.push("ten")));
    const more = await working.grow("ten", 10, 2, (commit, file) => plain(commit + 50, file));
    show("push of 10 commits", await measure(stage, more, () => working.push("ten")));
  },
  async "pull request"(stage) {
    const working = await Working.clone(stage, "pull");
    const base = await working.grow("main", 1, 1, plain);
    await measure(stage, base, () => working.push("main"));
    await git("-C", working.directory, "branch", "--force", "work", base);
    const head = await working.grow("work", 200, 1, (commit, file) => plain(commit + 10, file));
    await measure(stage, head, () => working.push("work"));
    const open = (): Promise<unknown> =>
      stage.github.openPullRequest(stage.repository, {
        title: "Work",
        head: "work",
        base: "main",
        by: "ann",
      });
    const opened = stage.github.requests.length;
    await open();
    await stage.github.until(
      () =>
        stage.github.requests
          .slice(opened)
          .some((request) => request.method === "PATCH" && request.path.includes("check-runs")),
      "check of the opened pull request",
      120_000,
    );
    const next = await working.grow("work", 1, 1, (commit, file) => plain(commit + 5000, file));
    const pushed = await measure(stage, next, () => working.push("work"));
    await stage.github.idle();
    show("push + synchronize of a PR with 200 commits", pushed, "(two scopes)");
  },
  async "closed issue"(stage) {
    const { github, repository } = stage;
    const working = await Working.clone(stage, "closed");
    const base = await working.grow("main", 1, 1, plain);
    await measure(stage, base, () => working.push("main"));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const branch = `leak${round}`;
      const head = await working.grow(branch, 1, 1, () => `const k = "${keyOf("sk_live_", branch)}";\n`);
      await working.push(branch);
      await github.openPullRequest(repository, { title: branch, head: branch, base: "main", by: "ann" });
      const openIssue = () => github.issues(repository).find(({ state }) => state === "open");
      await github.until(() => openIssue() !== undefined, "the issue", 120_000);
      // The check links to the issue before it is closed.
      await wait(5000);
      const from = github.requests.length;
      const begun = Date.now();
      github.closeIssue(repository, openIssue()?.number ?? 0, "ann");
      const isGreen = (): boolean =>
        github.checkRuns(repository, head, "Rollcall").at(-1)?.conclusion === "success";
      await github.until(isGreen, `green check of ${head}`, 120_000);
      times.push(Date.now() - begun);
      const asked = github.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
      if (round === ROUNDS - 1) console.log(`  ${asked.join("\n  ")}`);
    }
    console.log(`  closing the issue to green check: median ${median(times)} ms of ${times.join(", ")}`);
  },
  async "2,000 commits"(stage) {
    const working = await Working.clone(stage, "many");
    const head = await working.grow("many", 2000, 1, plain);
    show("push of 2,000 commits", await measure(stage, head, () => working.push("many")));
  },
  async "2,048 commits, 20,000 files"(stage) {
    const working = await Working.clone(stage, "large");
    await wait(SETTLE_MS);
    const rest = memoryMb(stage.app.pid, "VmRSS");
    const started = memoryMb(stage.app.pid, "VmHWM");
    const head = await working.grow("large", 2048, 10, (commit, file) => plain(commit, file).repeat(20));
    // Linux counts the peak from here on: making a new database takes more than any scan.
    writeFileSync(`/proc/${stage.app.pid}/clear_refs`, "5");
    const figures = await measure(stage, head, () => working.push("large"));
    show("push of 2,048 commits with 20,480 files", figures);
    const peak = memoryMb(stage.app.pid, "VmHWM");
    console.log(
      `  memory: ${rest} MB before, peak ${peak} MB, so ${peak - rest} MB over rest (peak of the start: ${started} MB)`,
    );
  },
};

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  const stage = await openStage({ latencyMs: LATENCY_MS, quietLog: true });
  try {
    await part(stage);
  } finally {
    await stage.close();
  }
}
