import { expect, test } from "vitest";
import { KINDS } from "../../src/domain/index.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { describeRules, detect } from "../../src/detect/index.ts";

const RULES = describeRules();

test.each(RULES.filter((rule) => rule.table === "kind").map((rule) => [rule.name, rule] as const))(
  "%s: its example is found",
  (_, rule) => {
    expect(detect(Buffer.from(`stripe ${rule.example}`), null).detections).toHaveLength(1);
  },
);

test("every kind, every form and every table is described, with a source", () => {
  const kinds = RULES.filter((rule) => rule.table === "kind").flatMap((rule) =>
    detect(Buffer.from(`stripe ${rule.example}`), null).detections.map((one) => one.kind),
  );
  expect(kinds.sort()).toEqual([...KINDS].sort());
  expect(RULES.filter((rule) => rule.table === "form")).toHaveLength(
    FORMS.flatMap((form) => form.examples).length,
  );
  expect(new Set(RULES.map((rule) => rule.table))).toEqual(new Set(["kind", "form", "vendor", "sample"]));
  expect(RULES.filter((rule) => rule.source === "" || rule.what === "")).toEqual([]);
});

test("the examples are the same at every call", () => {
  expect(describeRules()).toEqual(RULES);
});
