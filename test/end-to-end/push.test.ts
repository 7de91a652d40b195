import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { keyOf } from "../generators/keys.ts";
import { installApp } from "./installed-app.ts";

test("a pushed live key turns its commit red on the right line and files one issue", async () => {
  const app = await installApp();
  const clone = await app.clone();
  const key = keyOf("sk_live_", "push");
  const clean = await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  const green = await app.completedCheck(clean);
  expect(green).toMatchObject({ conclusion: "success" });

  const leak = await clone.commit("Take payments", {
    "src/pay.ts": `import Stripe from "stripe";\n\nexport const stripe = new Stripe("${key}");\n`,
  });
  await clone.push("HEAD:main");
  const red = await app.completedCheck(leak);
  expect(red).toMatchObject({ name: "Rollcall", conclusion: "failure" });
  expect(red.annotations).toMatchObject([
    {
      path: "src/pay.ts",
      start_line: 3,
      end_line: 3,
      start_column: 35,
      end_column: 141,
      annotation_level: "failure",
    },
  ]);
  const [issue, ...others] = app.github.issues(app.repository);
  expect(others).toEqual([]);
  expect(issue?.title).toContain("live");

  await app.stop();
  const written = await app.everythingWritten();
  expect(written.includes(createHash("sha256").update(key).digest("hex").slice(0, 20))).toBe(true);
  expect(written.includes(key)).toBe(false);
  expect(written.includes(key.slice(20, 60))).toBe(false);
  expect(app.github.violations).toEqual([]);
});
