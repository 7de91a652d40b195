import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { enqueue } from "../../src/queue/index.ts";
import { createDeliveryStore } from "../../src/server/delivery-store.ts";
import { createLog } from "../../src/server/log.ts";
import { migrate, openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";
import { openFolder } from "../support/folders.ts";
import { newJob } from "../../bench/new-job.ts";
import { killPostmaster, postmasterOf } from "../support/postmaster.ts";
import { startNotedWorkers } from "../support/queue-jobs.ts";

async function aFolder(): Promise<string> {
  const folder = await openFolder("rollcall-queue-");
  onTestFinished(async () => {
    await killPostmaster(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

async function open(folder: string): Promise<Database> {
  const database = await openDatabase({ directory: folder, url: null, log: createLog("silent") });
  await migrate(database);
  return database;
}

/** Runs a process over the folder and kills it as soon as it says `word`; the database's server stays. */
async function killedWhen(word: string, folder: string): Promise<void> {
  const program = join(import.meta.dirname, "../support/queue-process.ts");
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) if (line === word) child.kill("SIGKILL");
  expect(await exit).toEqual([null, "SIGKILL"]);
}

test.each(["stored", "working"])(
  "a process is killed right after it logged %s: its jobs are done after the restart",
  async (word) => {
    const folder = await aFolder();
    await killedWhen(word, folder);
    const orphan = await postmasterOf(folder);
    const database = await open(folder);
    expect(await postmasterOf(folder)).not.toBe(orphan);
    const { notes, workers } = await startNotedWorkers(database);
    await enqueue(database, [newJob("one"), newJob("three")]);
    await notes.until(() => notes.done.length === 3);
    expect(notes.done.toSorted((a, b) => a.localeCompare(b))).toEqual(["one", "three", "two"]);
    await workers.stop(1000);
    await database.close();
  },
);

/** How often the server is killed; more by hand. */
const KILLS = Number(process.env["KILLS"] ?? 3);

test(
  "the database's server is killed under load: it starts again, nothing stored is lost, and each job is done",
  async () => {
    const database = await open(await aFolderOf());
    const { notes, workers } = await startNotedWorkers(database, undefined, {
      pools: { scans: { lanes: ["trusted", "stranger", "backlog"], workers: 4 } },
    });
    const ids = Array.from({ length: KILLS * 40 }, (_, index) => `job ${index}`);
    // Retries while the server is down, as deliveries do.
    const deliveries = createDeliveryStore<string>({
      tryMs: 600_000,
      async store(batch) {
        await enqueue(
          database,
          batch.map((id) => newJob(id, { installationId: id.length })),
        );
      },
    });
    for (const [index, id] of ids.entries()) {
      if (index % 40 === 20) await killPostmaster(killed);
      await deliveries.add(id);
    }
    await notes.until(() => ids.every((id) => notes.done.includes(id)));
    expect(new Set(notes.done).size).toBe(KILLS * 40);
    await workers.stop(1000);
    await database.close();
  },
  // Only to end a test that hangs.
  300_000 + KILLS * 20_000,
);

let killed = "";
async function aFolderOf(): Promise<string> {
  killed = await aFolder();
  return killed;
}
