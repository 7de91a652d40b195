import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** Only to end a test that hangs: no test measures time, and a busy machine may be twenty times slower than an idle one. */
const HANGS_MS = 300_000;

/** Tests that start programs and wait for them come first, or the last of them would keep one worker alone. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const waits = ({ moduleId }: TestSpecification): boolean =>
      /test\/(end-to-end|demo|queue|doctor)\//.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts", "local-github/test/**/*.test.ts"],
    // `npm run test:kills`, which takes half an hour, and `npm run test:fuzz`, which measures time.
    exclude: [...configDefaults.exclude, "test/kills/**", "test/fuzz/**"],
    // A moderate number of histories; `npm run test:orders` has more.
    // All faults of all requests, with `--mode faults`: some take half a minute.
    provide: {
      histories: 200,
      sqlHistories: mode === "postgresql" ? 10_000 : 20,
      allFaults: mode === "faults",
    },
    // With `--mode random` each run has new seeds.
    setupFiles: mode === "random" ? [] : ["test/support/fixed-seed.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    teardownTimeout: HANGS_MS,
    sequence: { sequencer: WaitingFirst },
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
