import { defineConfig } from "vitest/config";

/** `npm run test:fuzz`: hours of hostile input, new each time. FUZZ_RUNS says how many of each sort. */
const DAY_MS = 24 * 60 * 60_000;

export default defineConfig({
  test: {
    include: ["test/fuzz/**/*.test.ts"],
    provide: { fuzzRuns: Number(process.env["FUZZ_RUNS"] ?? 10_000) },
    testTimeout: DAY_MS,
    maxWorkers: 1,
  },
});
