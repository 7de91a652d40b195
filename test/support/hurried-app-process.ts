/**
 * The app as `src/main.ts` starts it, except that it does not wait as GitHub wants it to: the local GitHub has no limit of
 * requests in a minute, and it refuses once, not for a quarter of a minute. It sweeps at its start and never again: a sweep
 * at each full five minutes would open summaries, remind and ask for deliveries in the middle of any test. With `no-histories` it fetches histories and
 * finds nothing in them, because the search starts three processes for each repository.
 */
import { DEFAULT_RETRIES } from "../../src/queue/outcome.ts";
import { createLog, parseEnvironment, runServer } from "../../src/server/index.ts";

const environment = parseEnvironment(process.env);
if ("setup" in environment) throw new Error("The test gives the app no environment.");
const { soon, hours } = DEFAULT_RETRIES;
const readNothing = {
  readHistory: async () => ({ findings: [], gaps: [], holders: [], atTip: [], objects: 0, bytes: 0 }),
};
const NEVER_MS = 1000 * 365 * 86_400_000;
await runServer(environment, createLog(environment.logLevel), {
  notificationMs: 20,
  limits: { sweepEveryMs: NEVER_MS, fetchEveryMs: NEVER_MS },
  retries: {
    ...DEFAULT_RETRIES,
    soon: { ...soon, firstMs: 50 },
    hours: { ...hours, firstMs: 100 },
  },
  ...(process.argv.includes("no-histories") ? readNothing : {}),
});
