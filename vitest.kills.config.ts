import { defineConfig } from "vitest/config";

/** Kills at random moments under load: a hundred of each sort, which takes about half an hour. */
export default defineConfig({
  test: {
    include: ["test/kills/**/*.test.ts"],
    provide: { kills: Number(process.env["KILLS"] ?? 100) },
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
  },
});
