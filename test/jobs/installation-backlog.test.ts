import { expect, onTestFinished, test } from "vitest";
import { createQueue } from "../../src/jobs/index.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import { aJob, numberOf } from "../support/jobs.ts";

test("a push does not wait behind the backlog of an installation", async () => {
  const database = await openDatabase(null);
  const handled: number[] = [];
  const all = Promise.withResolvers<void>();
  const queue = await createQueue({
    db: database.forQueue,
    log: createLog("silent"),
    retry: { limit: 0, delaySeconds: 1, delayMaxSeconds: 1 },
    pollSeconds: 0.5,
    workers: 1,
    workersPerInstallation: 1,
    async handle(job) {
      handled.push(numberOf(job));
      if (handled.length === 4) all.resolve();
    },
    async bury() {},
  });
  onTestFinished(async () => {
    await queue.stop(1000);
    await database.close();
  });
  for (const number of [1, 2, 3]) await queue.add(`backlog ${number}`, [aJob(number)], { background: true });
  await queue.add("a push", [aJob(4)]);
  await queue.start();
  await all.promise;
  expect(handled[0]).toBe(4);
});
