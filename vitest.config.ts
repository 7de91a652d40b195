import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

/** Only to end a test that hangs: no test measures time, and a busy machine may be twenty times slower than an idle one. */
const HANGS_MS = 300_000;

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts", "local-github/test/**/*.test.ts"],
    // `npm run test:kills`, which takes half an hour.
    exclude: [...configDefaults.exclude, "test/kills/**"],
    // A moderate number of histories; `npm run test:orders` has more.
    // All faults of all requests, with `--mode faults`: some take half a minute.
    provide: {
      histories: 200,
      sqlHistories: mode === "postgresql" ? 10_000 : 20,
      allFaults: mode === "faults",
    },
    globalSetup: ["test/support/database-server.ts"],
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    teardownTimeout: HANGS_MS,
    // One more than the processors: end-to-end tests often wait for the processes that they start.
    maxWorkers: availableParallelism() + 1,
    // `expect.poll` gives up after a second by default.
    expect: { poll: { timeout: HANGS_MS, interval: 5 } },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
}));
