/**
 * Memory and CPU of the process at rest, beside a process that holds PGlite with pg-boss and nothing else, in one run.
 *
 *   npx node bench/memory.ts
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openStage } from "../demo/stage.ts";

const SETTLE_MS = 15_000;
const WATCH_MS = 30_000;

const ALONE = `
import { PGlite } from "@electric-sql/pglite";
import { PgBoss, fromPglite } from "pg-boss";
const boss = new PgBoss({ db: fromPglite(await PGlite.create(process.argv[1])), backend: "pglite" });
await boss.start();
await boss.createQueue("work");
await boss.work("work", { pollingIntervalSeconds: 5 }, async () => {});
console.log("ready");
`;

function residentMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** CPU seconds of a process so far, user and system, at 100 ticks a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const directory = await mkdtemp(join(tmpdir(), "rollcall-memory-"));
const alone = spawn(process.execPath, ["--input-type=module", "-e", ALONE, join(directory, "pg")], {
  stdio: ["ignore", "pipe", "inherit"],
});
await once(alone.stdout, "data");
const stage = await openStage({ quietLog: true });
try {
  const processes = [
    { name: "PGlite with pg-boss alone", pid: alone.pid ?? 0 },
    { name: "Rollcall", pid: stage.app.pid },
  ];
  await wait(SETTLE_MS);
  const before = processes.map(({ pid }) => cpuSeconds(pid));
  await wait(WATCH_MS);
  const memory = processes.map(({ pid }) => residentMb(pid));
  for (const [index, { name, pid }] of processes.entries()) {
    const cpu = ((cpuSeconds(pid) - (before[index] ?? 0)) / (WATCH_MS / 1000)) * 100;
    console.log(
      `${name.padEnd(28)} ${String(memory[index]).padStart(4)} MB   ${cpu.toFixed(2)} % of one core`,
    );
  }
  console.log(`over PGlite with pg-boss: ${(memory[1] ?? 0) - (memory[0] ?? 0)} MB`);
} finally {
  alone.kill();
  await stage.close();
  await rm(directory, { recursive: true, force: true });
}
