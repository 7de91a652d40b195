import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createQueue } from "../../src/jobs/index.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import { aJob, numberOf } from "../support/jobs.ts";

/** Runs a process over the folder and kills it as soon as it says `word`. */
async function killedWhen(word: string, folder: string): Promise<void> {
  const program = join(import.meta.dirname, "../support/queue-process.ts");
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) if (line === word) child.kill("SIGKILL");
  expect(await exit).toEqual([null, "SIGKILL"]);
}

test.each(["stored", "working"])(
  "a process killed after it said %s: its jobs run after the restart, once",
  async (word) => {
    const folder = await mkdtemp(join(tmpdir(), "rollcall-queue-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await killedWhen(word, folder);

    const database = await openDatabase(folder);
    const handled: number[] = [];
    const done = Promise.withResolvers<void>();
    const queue = await createQueue({
      db: database.forQueue,
      log: createLog("silent"),
      retry: { limit: 2, delaySeconds: 0, delayMaxSeconds: 1 },
      pollSeconds: 0.5,
      workers: 1,
      workersPerInstallation: 1,
      async handle(job) {
        handled.push(numberOf(job));
        if (new Set(handled).size === 3) done.resolve();
      },
      bury: async () => {},
    });
    await queue.add("a delivery", [aJob(1)]);
    await queue.start();
    await queue.add("last", [aJob(3)]);
    await done.promise;
    await queue.stop(1000);
    await database.close();
    expect(new Set(handled)).toEqual(new Set([1, 2, 3]));
    expect(handled).toHaveLength(3);
  },
);
