import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { StoreError } from "./store-error.ts";

/** How often the holder shows that it lives, and after how long without that it counts as dead. */
export interface LockTimes {
  readonly beatMs: number;
  readonly staleMs: number;
}

const TIMES: LockTimes = { beatMs: 2000, staleMs: 15_000 };

/**
 * Takes a folder for this process by a file that names process and host, and that is touched while the process lives.
 * On this host a dead process is known by its number; on another, in another container, or where the number is this
 * process's own (in containers they repeat), by a file that nobody touches any more, which is waited for.
 *
 * @returns gives the folder back
 * @throws StoreError `data_folder_in_use`
 */
export async function lockFolder(directory: string, times: LockTimes = TIMES): Promise<() => Promise<void>> {
  const path = join(directory, "process.lock");
  const mine = `${process.pid} ${hostname()}\n`;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(draft, path)) return hold(path, mine, times);
      await removeIfDead(directory, path, times);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether the lock was free: a link is made whole or not at all. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function hold(path: string, mine: string, times: LockTimes): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, times.beatMs);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await contentOf(path)) === mine) await rm(path, { force: true });
  };
}

/** Takes a dead process's lock away. One process at a time looks and removes, so that none removes a living one's. */
async function removeIfDead(directory: string, path: string, times: LockTimes): Promise<void> {
  const holder = await contentOf(path);
  if (holder === null) return;
  await assertDead(directory, path, holder, times);
  const turn = `${path}.turn`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    // Whoever has the turn needs milliseconds; one that was killed in them loses it.
    if ((await ageMs(turn)) > times.staleMs) await rmdir(turn).catch(() => undefined);
    await wait(5);
    return;
  }
  try {
    if ((await contentOf(path)) === holder) await rm(path, { force: true });
  } finally {
    await rmdir(turn);
  }
}

async function assertDead(directory: string, path: string, holder: string, times: LockTimes): Promise<void> {
  const [pid = "", host = ""] = holder.trim().split(" ");
  const inUse = (): StoreError =>
    new StoreError(
      "data_folder_in_use",
      `DATA_DIR "${directory}" is in use by process ${pid} on ${host}. Stop it, or give this process a folder of its own.`,
    );
  if (host === hostname() && Number(pid) !== process.pid) {
    if (isAlive(Number(pid))) throw inUse();
    return;
  }
  const deadline = Date.now() + times.staleMs + times.beatMs;
  while ((await ageMs(path)) < times.staleMs) {
    if ((await contentOf(path)) !== holder) return;
    if (Date.now() > deadline) throw inUse();
    await wait(Math.min(times.beatMs, 500));
  }
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

/** Since somebody touched the file; endless where it is gone. */
async function ageMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
