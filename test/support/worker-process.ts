import { setTimeout as wait } from "node:timers/promises";
import { startWorkers } from "../../src/queue/index.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";

/** Works on the jobs of a database that is named by its address, among other processes: to be killed by its test. */
const log = createLog("silent");
const database = await openDatabase({ directory: null, url: process.argv[2] ?? "", log });
await startWorkers(
  { database, log, leaseMs: 5000, pollMs: 500, onFinalFailure: async () => {} },
  async ({ id }) => {
    await database.run("INSERT INTO begun (id) VALUES ($1)", [id]);
    console.log(id);
    await wait(5);
    await database.run("INSERT INTO ended (id) VALUES ($1)", [id]);
  },
);
