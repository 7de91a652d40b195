import { defineConfig } from "vitest/config";

/** Histories of the model-based test: 10,000 in the checks of a change, a million once in a while. */
const HISTORIES = { million: 1_000_000, test: 10_000 };

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/orders/orders.test.ts"],
    setupFiles: mode === "test" ? ["test/support/fixed-seed.ts"] : [],
    provide: { histories: mode === "million" ? HISTORIES.million : HISTORIES.test },
  },
}));
