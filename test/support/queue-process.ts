import { createQueue } from "../../src/jobs/index.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import { aJob } from "./jobs.ts";

/** Takes one job from a queue in the folder that is named, says so, and never ends it: to be killed by its test. */
const database = await openDatabase(process.argv[2] ?? "");
const queue = await createQueue({
  db: database.forQueue,
  log: createLog("silent"),
  retry: { limit: 2, delaySeconds: 0, delayMaxSeconds: 1 },
  workers: 1,
  workersPerInstallation: 1,
  async handle() {
    console.log("working");
    await new Promise(() => {});
  },
  async bury() {},
});
await queue.add("a delivery", [aJob(1)]);
await queue.add("another", [aJob(2)]);
console.log("stored");
await queue.start();
