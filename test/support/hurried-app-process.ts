/**
 * The app as `src/main.ts` starts it, except that it does not wait as GitHub wants it to: the local GitHub has no limit of
 * requests in a minute, and what it refuses once it does not refuse for a quarter of a minute. What waits is the same.
 */
import { DEFAULT_RETRIES } from "../../src/queue/outcome.ts";
import { createLog, parseEnvironment, runServer } from "../../src/server/index.ts";

const environment = parseEnvironment(process.env);
if ("setup" in environment) throw new Error("The test gives the app no environment.");
const { soon, hours } = DEFAULT_RETRIES;
await runServer(environment, createLog(environment.logLevel), {
  notificationMs: 20,
  retries: {
    ...DEFAULT_RETRIES,
    soon: { ...soon, firstMs: 50 },
    hours: { ...hours, firstMs: 100 },
  },
});
