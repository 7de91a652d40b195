import { expect, test } from "vitest";
import { combineConfigurations, loosenings, parseConfiguration } from "../../../src/policy/index.ts";
import type { Configuration } from "../../../src/policy/index.ts";
import { NOW } from "../../support/reported.ts";

function owners(text: string): Configuration {
  const owner = parseConfiguration(text, { file: "owner", now: NOW });
  return combineConfigurations({ owner, repository: null, defaultMode: "enforce" }).configuration;
}

const RULE = "allow:\n  - fingerprint: 0f3c0f3c0f3c0f3c0f3c\n    reason: x\n    until: 2027-01-31\n";

test.each([
  ["", "mode: observe", ["mode: observe instead of enforce"]],
  ["test_keys: fail", "", ["test_keys: warn instead of fail"]],
  ["", "webhook_secrets: ignore", ["webhook_secrets: ignore instead of fail"]],
  ["", "low_confidence: ignore", ["low_confidence: ignore instead of notice"]],
  ["", "attest_role: triage", ["attest_role: triage instead of write"]],
  ["", "dismiss_role: write", ["dismiss_role: write instead of maintain"]],
  ["history: summary", "history: off", ["history: off instead of summary"]],
  ["", RULE, ["allows the key 0f3c0f3c0f3c0f3c0f3c until 2027-01-31"]],
  ["", "allow:\n  - paths: [a, b]\n    reason: x", ["allows test keys in a, b"]],
  [RULE, RULE.replace("2027-01-31", "2027-05-31"), ["allows the key 0f3c0f3c0f3c0f3c0f3c until 2027-05-31"]],
  ["mode: observe", "test_keys: ignore", ["test_keys: ignore instead of warn"]],
])("from %j to %j: %j", (before, after, expected) => {
  expect(loosenings(owners(before), owners(after))).toEqual(expected);
});

test.each([
  ["", ""],
  ["mode: observe", ""],
  ["", "test_keys: fail"],
  [RULE, ""],
  [RULE, `# moved down\n${RULE.replace("reason: x", "reason: y")}`],
])("from %j to %j nothing is loosened", (before, after) => {
  expect(loosenings(owners(before), owners(after))).toEqual([]);
});
