/**
 * What the app takes and holds under load, against the local GitHub: processor time of a judged push by part, its requests,
 * and the time to store a delivery; how long 50 checks take to turn green when an issue is closed; and how fast it opens the issues of
 * 100 leaks in several repositories. One run, one machine, figures as measured. Linux only.
 *
 *   npx node bench/app-load.ts [--only NAME] [--pushes 100] [--warm 100] [--profile FOLDER]
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Repository } from "local-github";
import { openStage } from "../demo/stage.ts";
import type { Stage } from "../demo/stage.ts";
import { cloneOf } from "../fixtures/clone.ts";
import type { Clone } from "../fixtures/clone.ts";
import { keyOf } from "../fixtures/keys.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    pushes: { type: "string", default: "100" },
    warm: { type: "string", default: "100" },
    /** Writes a profile of the app's process into this folder, which costs time. */
    profile: { type: "string" },
  },
});
const PUSHES = Number(values.pushes);
/** Code that ran a few times only is slower. */
const WARM_UP = Number(values.warm);
const IDLE_MS = 20_000;
const PULLS = 50;
const REPOSITORIES = 5;
const KEYS_EACH = 20;
const HANGS_MS = 1_200_000;
const MINUTE_MS = 60_000;
/** Of Linux, on every platform that Node runs on. */
const TICK_MS = 10;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
  /** Its own, in ticks. */
  readonly own: number;
  /** Of the children that it has seen end. */
  readonly ended: number;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function timesOf(pid: number): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the command may hold spaces and brackets.
    const program = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    return { pid, parent: Number(fields[1]), program, own: user + system, ended: endedUser + endedSystem };
  } catch {
    return null;
  }
}

const PARTS = ["app", "database", "children"] as const;
/** Processor time in milliseconds: of the app's own process, of PostgreSQL, and of what else the app starts. */
type Cpu = Readonly<Record<(typeof PARTS)[number], number>>;

/** Processor time so far of a process and of all that descend from it. */
function cpuOf(root: number): Cpu {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timesOf(Number(name)) ?? []);
  const ticks = { app: 0, database: 0, children: 0 };
  const add = (pid: number, inDatabase: boolean): void => {
    const times = all.find((each) => each.pid === pid);
    if (times === undefined) return;
    const isDatabase = inDatabase || times.program.startsWith("postgres");
    ticks[pid === root ? "app" : isDatabase ? "database" : "children"] += times.own;
    ticks[isDatabase ? "database" : "children"] += times.ended;
    for (const child of all) if (child.parent === pid) add(child.pid, isDatabase);
  };
  add(root, false);
  return mapped((part) => ticks[part] * TICK_MS);
}

function mapped(of: (part: keyof Cpu) => number): Cpu {
  return { app: of("app"), database: of("database"), children: of("children") };
}

function shown(cpu: Cpu): string {
  const sum = PARTS.reduce((total, part) => total + cpu[part], 0);
  return `${sum.toFixed(1)} ms (app ${cpu.app.toFixed(1)}, PostgreSQL ${cpu.database.toFixed(1)}, children ${cpu.children.toFixed(1)})`;
}

/** Of the deliveries from a number on, the times to their answers. */
function answersFrom({ github }: Stage, from: number, isCounted: (event: string) => boolean): string {
  const times = github.deliveries
    .slice(from)
    .filter(({ event }) => isCounted(event))
    .map(({ duration }) => Math.round(duration * 1000))
    .toSorted((a, b) => a - b);
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
  return `${times.length}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

async function cloned({ github, directory }: Stage, repository: Repository): Promise<Clone> {
  return cloneOf(github.cloneUrl(repository, "ann"), join(directory, `clone-${repository.name}`));
}

async function greenOrRed({ github }: Stage, repository: Repository, head: string): Promise<void> {
  const isDone = (): boolean => github.checkRuns(repository, head).at(-1)?.status === "completed";
  await github.until(isDone, `check of ${head}`, HANGS_MS);
}

function restOfApp({ github }: Stage, from: number) {
  return github.requests
    .slice(from)
    .filter(({ as, kind }) => kind === "rest" && (as === "app" || as.startsWith("installation")));
}

const parts: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "processor time of a push"(stage) {
    const { github, repository, app } = stage;
    const clone = await cloned(stage, repository);
    for (let round = 0; round < WARM_UP; round += 1) {
      const head = await clone.commit("Warm up", { [`warm/${round}.ts`]: "export const value = 1;\n" });
      await clone.push("HEAD:main");
      await greenOrRed(stage, repository, head);
    }
    await github.idle();
    const idleFrom = cpuOf(app.pid);
    await wait(IDLE_MS);
    const idleTo = cpuOf(app.pid);
    const idle = mapped((part) => (idleTo[part] - idleFrom[part]) / IDLE_MS);
    const heads: string[] = [];
    const [cpuFrom, from, begun] = [cpuOf(app.pid), github.requests.length, performance.now()];
    const delivered = github.deliveries.length;
    for (let round = 0; round < PUSHES; round += 1) {
      const head = await clone.commit("More", { [`src/${round}.ts`]: `export const value = ${round};\n` });
      heads.push(head);
      await clone.push("HEAD:main");
      await greenOrRed(stage, repository, head);
    }
    await github.idle();
    const [cpuTo, ms] = [cpuOf(app.pid), performance.now() - begun];
    const cpu = mapped((part) => (cpuTo[part] - cpuFrom[part]) / PUSHES);
    const own = mapped((part) => cpu[part] - (idle[part] * ms) / PUSHES);
    const requests = restOfApp(stage, from).length;
    const atRest = PARTS.reduce((sum, part) => sum + idle[part], 0);
    console.log(`${heads.length} clean pushes, one after the other, after ${WARM_UP} others. Each:`);
    console.log(`  processor time: ${shown(cpu)}`);
    console.log(`  without what is used at rest, ${(atRest * 100).toFixed(1)} % of a core: ${shown(own)}`);
    console.log(`  REST requests: ${(requests / PUSHES).toFixed(1)}`);
    console.log(
      `  pushes stored and answered, ${answersFrom(stage, delivered, (event) => event === "push")}`,
    );
    console.log(`  all deliveries answered, ${answersFrom(stage, delivered, () => true)}`);
    console.log(
      `  load of the machine: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(", ")}`,
    );
    const asked = restOfApp(stage, from)
      .slice(-Math.round(requests / PUSHES))
      .map(({ method, path }) => `${method} ${path}`);
    console.log(`  the last ones: ${asked.join(", ")}`);
  },

  async "50 checks"(stage) {
    const { github, repository } = stage;
    const clone = await cloned(stage, repository);
    const key = keyOf("sk_live_", "fifty checks");
    await clone.commit("Begin", { "README.md": "# Shop\n" });
    await clone.push("HEAD:main");
    await clone.git("switch", "--quiet", "--create", "leak");
    await clone.commit("Pay", { "pay.ts": `stripe("${key}");\n` });
    const heads: string[] = [];
    for (let number = 0; number < PULLS; number += 1) {
      await clone.git("switch", "--quiet", "--create", `pull-${number}`, "leak");
      heads.push(await clone.commit("Work", { [`work-${number}.ts`]: "export {};\n" }));
      await clone.push(`pull-${number}`);
      const pull = { title: `Pull ${number}`, head: `pull-${number}`, base: "main", by: "ann" };
      await github.openPullRequest(repository, pull);
    }
    for (const head of heads) await greenOrRed(stage, repository, head);
    const named = (): boolean =>
      heads.every((head) => /\/issues\/\d+\)/.test(github.checkRuns(repository, head).at(-1)?.summary ?? ""));
    await github.until(named, "the issue in every check", HANGS_MS);
    await wait(10_000);
    const [begun, from] = [performance.now(), github.requests.length];
    github.closeIssue(repository, github.issues(repository)[0]?.number ?? 0, "ann");
    const green = (): number =>
      heads.filter((head) => github.checkRuns(repository, head).at(-1)?.conclusion === "success").length;
    await github.until(() => green() > 0, "the first green check", HANGS_MS);
    const first = performance.now() - begun;
    await github.until(() => green() === PULLS, "every green check", HANGS_MS);
    console.log(
      `${PULLS} checks after the issue was closed: the first green after ${Math.round(first)} ms, the last after ${((performance.now() - begun) / 1000).toFixed(1)} s; ${restOfApp(stage, from).length} REST requests`,
    );
  },

  async "100 leaks at once"(stage) {
    const { github } = stage;
    const repositories: Repository[] = [];
    const clones: Clone[] = [];
    for (let number = 0; number < REPOSITORIES; number += 1) {
      const repository = await github.createRepository({
        owner: "acme",
        name: `many-${number}`,
        private: true,
        roles: { ann: "write" },
      });
      repositories.push(repository);
      const clone = await cloned(stage, repository);
      clones.push(clone);
      await clone.commit("Begin", { "README.md": "# Many\n" });
      await clone.push("HEAD:main");
      const keys = Array.from({ length: KEYS_EACH }, (_, index) => keyOf("sk_live_", `${number}-${index}`));
      await clone.commit("Leak", { "keys.ts": keys.map((key) => `use("${key}");\n`).join("") });
    }
    await github.idle();
    await wait(5000);
    const [begun, from] = [performance.now(), github.requests.length];
    // When each request was first seen: the log of the local GitHub has no times.
    const seenAt: number[] = [];
    const note = setInterval(() => {
      while (from + seenAt.length < github.requests.length) seenAt.push(performance.now());
    }, 50);
    await Promise.all(clones.map((clone) => clone.push("HEAD:main")));
    const filed = (): number =>
      repositories.reduce((sum, repository) => sum + github.issues(repository).length, 0);
    await github.until(() => filed() === REPOSITORIES * KEYS_EACH, "every issue", HANGS_MS);
    const seconds = (performance.now() - begun) / 1000;
    clearInterval(note);
    const made = github.requests
      .slice(from)
      .map((request, index) => ({ ...request, at: seenAt[index] ?? begun }));
    const writes = made.filter(
      ({ method, kind, as }) => method !== "GET" && kind === "rest" && as.startsWith("installation"),
    );
    const issues = writes.filter(({ operation }) => operation === "issues/create");
    console.log(
      `${filed()} issues of ${REPOSITORIES} repositories in ${seconds.toFixed(0)} s; at most ${mostInAMinute(issues)} issues and ${mostInAMinute(writes)} writing requests in any minute`,
    );
  },
};

/** The most of these requests that were made within any 60 seconds. */
function mostInAMinute(requests: readonly { readonly at: number }[]): number {
  const counts = requests.map(({ at: begun }) => {
    const within = requests.filter(({ at }) => at >= begun && at < begun + MINUTE_MS);
    return within.length;
  });
  return Math.max(0, ...counts);
}

for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  const nodeOptions = values.profile === undefined ? "" : `--cpu-prof --cpu-prof-dir=${values.profile}`;
  const stage = await openStage({ quietLog: true, nodeOptions });
  try {
    await part(stage);
  } finally {
    await stage.close();
  }
}
