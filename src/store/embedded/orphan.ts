/**
 * Stops the server that a killed process left running over a database folder. The caller holds the lock of the folder, so
 * no living process owns that server. The process number may belong to another program by now, so only a process that
 * works in the folder is stopped.
 */
import { execFile } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { isAlive } from "../folder-lock.ts";
import { removeSocketFolder } from "./socket-folder.ts";

const run = promisify(execFile);

/** A fast shutdown first, which leaves nothing to recover; then two signals after which the next start recovers. */
const SIGNALS = [
  { signal: "SIGINT", waitMs: 10_000 },
  { signal: "SIGQUIT", waitMs: 5000 },
  { signal: "SIGKILL", waitMs: 5000 },
] as const;

/** @param data the folder with PostgreSQL's `postmaster.pid` */
export async function endOrphan(data: string, log: Logger): Promise<void> {
  const path = join(data, "postmaster.pid");
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return;
  const [number = "", , , , sockets = ""] = text.split("\n");
  const pid = Number(number);
  if (isAlive(pid) && (await worksIn(pid, data))) {
    log.warn({ pid }, "stopping a PostgreSQL server that a killed process left running");
    for (const { signal, waitMs } of SIGNALS) if (await ended(pid, signal, waitMs)) break;
  }
  await rm(path, { force: true });
  await removeSocketFolder(sockets);
}

async function ended(pid: number, signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    await wait(20);
  }
  return false;
}

/** PostgreSQL's working directory is its data folder. If the system does not show that, its command line names the folder. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  const [there, here] = await Promise.all([stat(`/proc/${pid}/cwd`).catch(() => null), stat(data)]);
  if (there !== null) return there.dev === here.dev && there.ino === here.ino;
  const command = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return command.stdout.includes(data);
}
