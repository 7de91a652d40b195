import { defineConfig } from "vitest/config";

/** `npm run test:fuzz`: hostile input, new each time. `-- --mode 1000000` says how many of each sort. */
const DAY_MS = 24 * 60 * 60_000;

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/fuzz/**/*.test.ts"],
    provide: { fuzzRuns: /^\d+$/.test(mode) ? Number(mode) : 10_000 },
    testTimeout: DAY_MS,
    maxWorkers: 1,
  },
}));
