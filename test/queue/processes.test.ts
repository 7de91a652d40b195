import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { enqueue } from "../../src/queue/index.ts";
import { testDatabase } from "../support/database.ts";
import { newJob } from "../../bench/new-job.ts";

/** How often a process is killed; more by hand. */
const KILLS = Number(process.env["KILLS"] ?? 4);
const FEW = 20;
/** Only to end a test that hangs. */
const HANGS_MS = 300_000 + KILLS * 10_000;

test(
  "three processes are killed in turn while they work: each job is done, and no job of a living process is taken",
  async () => {
    const opened = await testDatabase();
    const { database, url } = opened;
    await database.script("CREATE TABLE begun (id text); CREATE TABLE ended (id text)");
    const processes: ChildProcess[] = [];
    /** Processes that have begun a job: they say so. */
    const hasBegun = new Set<ChildProcess>();
    const start = (): ChildProcess => {
      const program = join(import.meta.dirname, "../support/worker-process.ts");
      const child = spawn(process.execPath, [program, url], { stdio: ["ignore", "pipe", "inherit"] });
      processes.push(child);
      child.stdout.on("data", () => hasBegun.add(child));
      child.on("exit", () => hasBegun.add(child));
      return child;
    };
    onTestFinished(async () => {
      for (const child of processes) child.kill("SIGKILL");
      await opened.close();
    });
    const working = [start(), start(), start()];
    let jobs = 0;
    const add = async (howMany: number): Promise<void> => {
      for (const last = jobs + howMany; jobs < last; jobs++) {
        const fields = { installationId: jobs % 7, exclusiveKey: `repository:${jobs % 20}` };
        await enqueue(database, [newJob(`job ${jobs}`, fields)]);
      }
    };
    const count = async (table: "begun" | "ended"): Promise<number> => {
      const [row] = await database.rows(
        z.object({ n: z.int() }),
        `SELECT count(DISTINCT id) AS n FROM ${table}`,
      );
      return row?.n ?? 0;
    };
    for (let kills = 0; kills < KILLS; kills++) {
      await add(FEW);
      const [victim] = working.splice(0, 1);
      if (victim === undefined) throw new Error("Three processes work.");
      // The others may have done everything before this one had started: there is more, until it works. Only then, or a
      // process that is slow to start would find so much that the test did not end.
      const works = async (): Promise<boolean> => {
        if (!hasBegun.has(victim) && (await count("ended")) === jobs) await add(FEW);
        return hasBegun.has(victim);
      };
      await expect.poll(works, { timeout: HANGS_MS, interval: 20 }).toBe(true);
      victim.kill("SIGKILL");
      working.push(start());
    }
    await add(FEW);
    await expect.poll(() => count("ended"), { timeout: HANGS_MS, interval: 200 }).toBe(jobs);
    const [begun] = await database.rows(z.object({ n: z.int() }), "SELECT count(*) AS n FROM begun");
    // Only jobs of a killed process ran twice: at most four each.
    expect(begun?.n).toBeLessThanOrEqual(jobs + KILLS * 4);
  },
  HANGS_MS,
);
