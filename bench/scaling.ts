/**
 * What a thousand pushes cost: processor time and memory of the app and of its PostgreSQL, rows and bytes on disk, REST
 * requests and git fetches. People push to several repositories of the local GitHub, one push after the other in each; one
 * push in twenty has a live key. Everything runs on this machine, so seconds say less than processor time: the app spaces
 * its writes in one installation, 150 a minute, so a thousand pushes take a quarter of an hour. Linux only.
 *
 *   npx node bench/scaling.ts [--pushes 1000] [--repositories 20]
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { z } from "zod";
import { openStage } from "../demo/stage.ts";
import type { Stage } from "../demo/stage.ts";
import { cloneOf } from "../fixtures/clone.ts";
import { keyOf } from "../fixtures/keys.ts";
import { openExistingDatabase } from "../src/store/index.ts";

const { values } = parseArgs({
  options: {
    pushes: { type: "string", default: "1000" },
    repositories: { type: "string", default: "20" },
  },
});
const PUSHES = Number(values.pushes);
const REPOSITORIES = Number(values.repositories);
/** One push in so many has a live key. */
const KEY_EVERY = 20;
/** Files that each commit changes. */
const FILES = 3;
/** Until the garbage of the start is collected. */
const SETTLE_MS = 15_000;
const HANGS_MS = 600_000;
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

interface Processor {
  readonly app: number;
  readonly git: number;
  readonly database: number;
}

const statSchema = z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number()]);

/** Seconds of processor time of a process, and of its children that have ended. */
function secondsOf(pid: number): { readonly own: number; readonly ended: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 14 to 17, counted after the name in brackets.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15);
  const [user, system, endedUser, endedSystem] = statSchema.parse(fields);
  return { own: (user + system) / TICKS_PER_SECOND, ended: (endedUser + endedSystem) / TICKS_PER_SECOND };
}

/** The app's processes: git's calls are counted once they have ended, and PostgreSQL with all of its backends. */
function processorOf(pid: number): Processor {
  const { own, ended } = secondsOf(pid);
  const postmaster = childrenOf(pid).find((child) => nameOf(child) === "postgres");
  if (postmaster === undefined) return { app: own, git: ended, database: Number.NaN };
  const server = secondsOf(postmaster);
  const backends = childrenOf(postmaster).reduce((sum, child) => sum + secondsOf(child).own, 0);
  return { app: own, git: ended, database: server.own + server.ended + backends };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

function residentMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

const rowSchema = z.object({ name: z.string(), rows: z.coerce.number(), bytes: z.coerce.number() });

async function tablesOf(directory: string): Promise<z.infer<typeof rowSchema>[]> {
  const database = await openExistingDatabase({ directory, url: null, log: pino({ level: "silent" }) });
  try {
    const tables = await database.rows(
      z.object({ name: z.string() }),
      "SELECT relname AS name FROM pg_stat_user_tables ORDER BY relname",
    );
    const counted = [];
    for (const { name } of tables) {
      const [row] = await database.rows(
        rowSchema,
        `SELECT '${name}' AS name, (SELECT count(*) FROM "${name}") AS rows, pg_total_relation_size('"${name}"') AS bytes`,
      );
      if (row !== undefined && row.rows > 0) counted.push(row);
    }
    return counted;
  } finally {
    await database.close();
  }
}

function bytesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length, 0);
}

/** Pushes to one repository, one after the other. */
async function pushAll(stage: Stage, index: number, count: number): Promise<void> {
  const { github } = stage;
  const repository = await github.createRepository({
    owner: "acme",
    name: `scaled-${index}`,
    private: true,
    roles: { ann: "write" },
  });
  const clone = await cloneOf(github.cloneUrl(repository, "ann"), join(stage.directory, `scaled-${index}`));
  for (let push = 0; push < count; push += 1) {
    const number = index * count + push;
    const files = Object.fromEntries(
      Array.from({ length: FILES }, (_, file) => [
        `src/${push % 50}/part-${file}.ts`,
        `export const value${number} = ${file};\n`.repeat(20),
      ]),
    );
    if (number % KEY_EVERY === 0)
      files["src/pay.ts"] = `const key = "${keyOf("sk_live_", `scaling ${number}`)}";\n`;
    const head = await clone.commit(`Change ${number}`, files);
    await clone.push("HEAD:main");
    await github.until(
      () => github.checkRuns(repository, head).at(-1)?.status === "completed",
      `the check of push ${number}`,
      HANGS_MS,
    );
  }
}

const stage = await openStage({ quietLog: true });
try {
  const { pid } = stage.app;
  // GitHub's hourly limit would end the run after a thousand pushes.
  stage.github.setRateLimit({ used: -1_000_000 });
  await wait(SETTLE_MS);
  const rest = residentMb(pid, "VmRSS");
  const before = processorOf(pid);
  const first = stage.github.requests.length;
  const firstDelivery = stage.github.deliveries.length;
  const started = performance.now();
  const each = Math.ceil(PUSHES / REPOSITORIES);
  await Promise.all(Array.from({ length: REPOSITORIES }, (_, index) => pushAll(stage, index, each)));
  const seconds = (performance.now() - started) / 1000;
  await stage.github.idle();
  await wait(SETTLE_MS);
  const after = processorOf(pid);
  const pushes = each * REPOSITORIES;
  const mine = stage.github.requests
    .slice(first)
    .filter(({ as }) => as === "app" || as.startsWith("installation"));
  const per = (count: number): string => `${((count / pushes) * 1000).toFixed(0)} per 1,000`;
  console.log(`${pushes} pushes to ${REPOSITORIES} repositories in ${seconds.toFixed(0)} s`);
  for (const part of ["app", "git", "database"] as const)
    console.log(`  processor, ${part.padEnd(9)} ${(after[part] - before[part]).toFixed(1)} s`);
  console.log(
    `  memory of the app: ${rest} MB at rest, peak ${residentMb(pid, "VmHWM")} MB, then ${residentMb(pid, "VmRSS")} MB`,
  );
  console.log(`  deliveries ${per(stage.github.deliveries.length - firstDelivery)}`);
  for (const kind of ["rest", "graphql", "git"] as const)
    console.log(`  ${kind.padEnd(9)} ${per(mine.filter((request) => request.kind === kind).length)}`);
  const operations = Map.groupBy(
    mine.filter(({ kind }) => kind !== "git"),
    ({ operation }) => operation ?? "none",
  );
  for (const [operation, list] of [...operations].toSorted((a, b) => b[1].length - a[1].length))
    console.log(`    ${operation.padEnd(45)} ${per(list.length)}`);
  const data = join(stage.directory, "data");
  const tables = await tablesOf(data);
  for (const { name, rows, bytes } of tables.toSorted((a, b) => b.bytes - a.bytes)) {
    const size = `${(bytes / 1000).toFixed(0)} kB`;
    console.log(`  table ${name.padEnd(20)} ${String(rows).padStart(7)} rows  ${size.padStart(10)}`);
  }
  console.log(`  mirrors ${(bytesIn(join(data, "mirrors")) / 1e6).toFixed(1)} MB`);
} finally {
  await stage.close();
}
