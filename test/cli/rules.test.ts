import { expect, test } from "vitest";
import { z } from "zod";
import { describeRules } from "../../src/detect/index.ts";
import { runCommand } from "../support/run-command.ts";

test("--rules names every rule, under a heading for each table", async () => {
  const { code, out, err } = await runCommand(["--rules"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.match(/^[A-Z].*$/gm)).toEqual([
    "What Rollcall looks for",
    "Ways of writing a key that it recognises",
    "Other vendors' keys that it does not report",
    "Stripe's published samples that it does not report",
  ]);
  expect(out).toContain("sk_live_");
  expect(out.match(/^ {4}source: ./gm)).toHaveLength(describeRules().length);
});

test("--rules --format json gives the same rows with their examples", async () => {
  const { code, out } = await runCommand(["--rules", "--format", "json"]);
  const rows = z.array(z.object({ name: z.string(), example: z.string() })).parse(JSON.parse(out));
  expect({ code, names: rows.map((row) => row.name) }).toEqual({
    code: 0,
    names: describeRules().map((rule) => rule.name),
  });
});
