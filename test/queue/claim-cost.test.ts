import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { claim } from "../../src/queue/claim.ts";
import { enqueue } from "../../src/queue/index.ts";
import type { Database, Queries } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { newJob } from "../../bench/new-job.ts";

const INSTALLATIONS = 300;
const WAITING = 30_000;
const WORKER = "00000000-0000-4000-8000-000000000001";

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await testDatabase();
  ({ database } = opened);
});
afterAll(() => opened.close());

const planSchema = z.tuple([
  z.object({
    "QUERY PLAN": z.tuple([
      z.object({ Plan: z.object({ "Shared Hit Blocks": z.int(), "Shared Read Blocks": z.int() }) }),
    ]),
  }),
]);

/** Pages that a claim reads, by PostgreSQL's own count; the claim is made. */
async function pagesOfClaim(without: readonly number[] | null): Promise<number> {
  let pages = -1;
  const counted: Queries = {
    ...database,
    async rows(_schema, sql, values) {
      const plan = await database.rows(z.unknown(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, values);
      const [
        {
          "QUERY PLAN": [{ Plan }],
        },
      ] = planSchema.parse(plan);
      pages = Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
      return [];
    },
  };
  await claim(counted, { lane: "trusted", worker: WORKER, leaseMs: 60_000, without });
  await database.run("UPDATE jobs SET state = 'done' WHERE state = 'active'");
  return pages;
}

test.each([
  ["never analyzed", "SELECT 1"],
  ["analyzed", "ANALYZE jobs"],
])(
  "a claim reads about as many pages with 30,000 jobs waiting as with one, the table %s",
  async (_name, prepare) => {
    await database.script("TRUNCATE jobs; UPDATE job_lanes SET turn = 0");
    await enqueue(database, [newJob("one", { exclusiveKey: "repository:1" })]);
    const one = await pagesOfClaim(null);
    const jobs = Array.from({ length: WAITING }, (_, index) =>
      newJob(`job ${index}`, {
        installationId: index % INSTALLATIONS,
        exclusiveKey: `repository:${index % 2000}`,
      }),
    );
    for (let step = 0; step < WAITING; step += 5000) await enqueue(database, jobs.slice(step, step + 5000));
    await database.run(prepare);
    const many = await pagesOfClaim(null);
    expect(one).toBeGreaterThan(0);
    // Three indexes are one or two levels deeper.
    expect(many).toBeLessThanOrEqual(one + 10);
    // The search for another installation than one looks at each installation, not at each job.
    expect(await pagesOfClaim([1, 2, 3])).toBeLessThan(INSTALLATIONS * 15);
  },
);
