import { enqueue, startWorkers } from "../../src/queue/index.ts";
import { createLog } from "../../src/server/log.ts";
import { migrate, openDatabase } from "../../src/store/index.ts";
import { newJob } from "../../bench/new-job.ts";

/** Takes one of two jobs from a queue in the folder that is named, says so, and never ends it: to be killed by its test. */
const log = createLog("silent");
const database = await openDatabase({ directory: process.argv[2] ?? "", url: null, log });
await migrate(database);
await enqueue(database, [newJob("one"), newJob("two")]);
console.log("stored");
await startWorkers({ database, log, onFinalFailure: async () => {} }, async () => {
  console.log("working");
  await new Promise(() => {});
});
