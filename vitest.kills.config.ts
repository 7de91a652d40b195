import { defineConfig } from "vitest/config";

/** Kills at random moments under load: a hundred of each sort, or as many as `--mode` says. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/kills/**/*.test.ts"],
    provide: { kills: /^\d+$/.test(mode) ? Number(mode) : 100 },
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
  },
}));
