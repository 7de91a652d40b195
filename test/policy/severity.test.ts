import { describe, expect, test } from "vitest";
import { CONFIDENCES, KINDS, MODES } from "../../src/domain/index.ts";
import type { Kind } from "../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION } from "../../src/policy/index.ts";
import type { Configuration } from "../../src/policy/index.ts";
import { outcomeOf } from "../../src/policy/severity.ts";

const ALL_MODES = [...MODES, null];

/** F failure, ! with an issue, W warning and neutral, N notice without effect, - nothing at all. */
function cells(kind: Kind, configuration: Configuration): string {
  return ALL_MODES.map((mode) =>
    CONFIDENCES.map((confidence) => {
      const outcome = outcomeOf({ kind, mode, confidence }, configuration);
      const key = `${outcome.annotation ?? "none"} ${outcome.effect}`;
      const letters = new Map([
        ["failure failure", "F"],
        ["warning neutral", "W"],
        ["notice none", "N"],
        ["none none", "-"],
      ]);
      return `${letters.get(key) ?? `(${key})`}${outcome.opensIssue ? "!" : ""}`;
    }).join(" "),
  ).join(" | ");
}

function configured(changes: Partial<Configuration>): Configuration {
  return { ...DEFAULT_CONFIGURATION, ...changes };
}

describe("what a finding does: live | test | no mode, each certain, high, medium, low", () => {
  const SECRET = "F! F! F! N | W W W N | F! F! F! N";
  const table: Readonly<Record<Kind, string>> = {
    secret_key: SECRET,
    restricted_key: SECRET,
    organization_key: SECRET,
    cli_token: SECRET,
    legacy_key: SECRET,
    connect_token: SECRET,
    app_secret: SECRET,
    webhook_secret: "F! F! W N | F! F! W N | F! F! W N",
    sandbox_key: "W W W N | W W W N | W W W N",
    ephemeral_key: "W W W N | W W W N | W W W N",
  };

  test.each(KINDS)("%s", (kind) => {
    expect(cells(kind, DEFAULT_CONFIGURATION)).toBe(table[kind]);
  });
});

describe("under each setting", () => {
  test.each([
    [{ testKeys: "fail" }, "secret_key", "F! F! F! N | F F F N | F! F! F! N"],
    [{ testKeys: "ignore" }, "secret_key", "F! F! F! N | - - - - | F! F! F! N"],
    [{ testKeys: "ignore" }, "sandbox_key", "- - - - | - - - - | - - - -"],
    [{ testKeys: "fail" }, "ephemeral_key", "W W W N | F F F N | W W W N"],
    [{ webhookSecrets: "warn" }, "webhook_secret", "W W W N | W W W N | W W W N"],
    [{ webhookSecrets: "ignore" }, "webhook_secret", "- - - - | - - - - | - - - -"],
    [{ webhookSecrets: "ignore" }, "secret_key", "F! F! F! N | W W W N | F! F! F! N"],
    [{ lowConfidence: "fail" }, "secret_key", "F! F! F! F | W W W W | F! F! F! F"],
    [{ lowConfidence: "warn" }, "secret_key", "F! F! F! W | W W W W | F! F! F! W"],
    [{ lowConfidence: "ignore" }, "secret_key", "F! F! F! - | W W W - | F! F! F! -"],
    [{ lowConfidence: "fail" }, "ephemeral_key", "W W W W | W W W W | W W W W"],
    [{ mode: "observe" }, "secret_key", "F F F N | W W W N | F F F N"],
  ] as const)("%o: %s", (changes, kind, expected) => {
    expect(cells(kind, configured(changes))).toBe(expected);
  });
});
