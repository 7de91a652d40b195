/**
 * The lock of a data folder: one process at a time, on any host or in any container that shares the volume. It does not
 * protect against a process that ignores it.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, readlink, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { hasCode, StoreError } from "./store-error.ts";

/** How often the holder touches the file, and after how long without that it counts as dead. */
export interface LockTimes {
  readonly beatMs: number;
  readonly staleMs: number;
}

const TIMES: LockTimes = { beatMs: 2000, staleMs: 15_000 };

/**
 * Locks a folder with a file that names process and host and is touched while the process lives. A dead process on the
 * same host is recognized by its number. One of another host or container, or with this process's own number
 * (containers reuse them), is recognized after a wait, because its file is no longer touched.
 *
 * @returns gives the folder back
 * @throws StoreError `data_folder_in_use`
 */
export async function lockFolder(directory: string, times: LockTimes = TIMES): Promise<() => Promise<void>> {
  const path = join(directory, "process.lock");
  const place = await placeOfNumbers();
  const mine = `${process.pid} ${place}\n`;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(draft, path)) return hold(path, mine, times);
      await removeIfDead(directory, path, place, times);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether the lock was free: creating a link is atomic. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
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

/** Removes a dead process's lock. One process at a time looks and removes, so none removes a living one's. */
async function removeIfDead(directory: string, path: string, place: string, times: LockTimes): Promise<void> {
  const holder = await contentOf(path);
  if (holder === null) return;
  await assertDead(directory, path, holder, place, times);
  const turn = `${path}.turn`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    // A turn takes milliseconds; a process killed during its turn loses it.
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

async function assertDead(
  directory: string,
  path: string,
  holder: string,
  place: string,
  times: LockTimes,
): Promise<void> {
  const [pid = "", ...there] = holder.trim().split(" ");
  const inUse = (): StoreError =>
    new StoreError(
      "data_folder_in_use",
      `DATA_DIR "${directory}" is in use by process ${pid} on ${there[0] ?? "another host"}. Stop it, or give this process its own folder.`,
    );
  if (there.join(" ") === place && Number(pid) !== process.pid) {
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

/**
 * Names the place in which a process number is unique: host, boot, and on Linux the namespace. Two containers may have the
 * same host name and not see each other's processes.
 */
export async function placeOfNumbers(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    contentOf("/proc/sys/kernel/random/boot_id"),
    readlink("/proc/self/ns/pid").catch(() => null),
  ]);
  return `${hostname()} ${boot?.trim() ?? "-"} ${namespace ?? "-"}`;
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

/** Time since the file was touched; infinite if it is gone. */
async function ageMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
}

/** Whether a process of this host has the number. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
