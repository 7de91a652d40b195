import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { enqueue } from "../../src/queue/index.ts";
import { testDatabase } from "../support/database.ts";
import { newJob } from "../../bench/new-job.ts";

/** How often a process is killed; more by hand. */
const KILLS = Number(process.env["KILLS"] ?? 4);
const JOBS = KILLS * 20 + 10;
/** Only to end a test that hangs. */
const HANGS_MS = 300_000 + KILLS * 10_000;

test(
  "three processes are killed in turn while they work: each job is done, and no job of a living process is taken",
  async () => {
    const opened = await testDatabase();
    const { database, url } = opened;
    await database.script("CREATE TABLE begun (id text); CREATE TABLE ended (id text)");
    const processes: ChildProcess[] = [];
    /** For each process, that it has begun a job: it says so once for each, and may get no more. */
    const hasBegun = new Map<ChildProcess, Promise<unknown>>();
    const start = (): ChildProcess => {
      const program = join(import.meta.dirname, "../support/worker-process.ts");
      const child = spawn(process.execPath, [program, url], { stdio: ["ignore", "pipe", "inherit"] });
      processes.push(child);
      hasBegun.set(child, Promise.race([once(child.stdout, "data"), once(child, "exit")]));
      child.stdout.resume();
      return child;
    };
    onTestFinished(async () => {
      for (const child of processes) child.kill("SIGKILL");
      await opened.close();
    });
    const working = [start(), start(), start()];
    const ids = Array.from({ length: JOBS }, (_, index) => `job ${index}`);
    for (const [index, id] of ids.entries()) {
      await enqueue(database, [
        newJob(id, { installationId: index % 7, exclusiveKey: `repository:${index % 20}` }),
      ]);
      if (index % 20 !== 19 || index >= KILLS * 20) continue;
      const [victim] = working.splice(0, 1);
      if (victim === undefined) throw new Error("Three processes work.");
      await hasBegun.get(victim);
      victim.kill("SIGKILL");
      working.push(start());
    }
    const count = async (table: "begun" | "ended"): Promise<number> => {
      const [row] = await database.rows(
        z.object({ n: z.int() }),
        `SELECT count(DISTINCT id) AS n FROM ${table}`,
      );
      return row?.n ?? 0;
    };
    await expect.poll(() => count("ended"), { timeout: HANGS_MS, interval: 200 }).toBe(JOBS);
    const [begun] = await database.rows(z.object({ n: z.int() }), "SELECT count(*) AS n FROM begun");
    // Only jobs of a killed process ran twice: at most four each.
    expect(begun?.n).toBeLessThanOrEqual(JOBS + KILLS * 4);
  },
  HANGS_MS,
);
