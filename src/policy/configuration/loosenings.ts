import {
  ATTEST_ROLES,
  CHECK_MODES,
  DISMISS_ROLES,
  HISTORY_SETTINGS,
  KEY_SETTINGS,
  LOW_CONFIDENCE_SETTINGS,
} from "./configuration.ts";
import type { AllowRule, Configuration } from "./configuration.ts";

/**
 * Each thing that a change of configuration loosens, as a phrase such as `test_keys: ignore instead of fail`. Empty
 * if the change loosens nothing. Contains text of the file: escape it before showing it.
 */
export function loosenings(before: Configuration, after: Configuration): readonly string[] {
  return [
    looser("mode", CHECK_MODES, before.mode, after.mode),
    looser("test_keys", KEY_SETTINGS, before.testKeys, after.testKeys),
    looser("webhook_secrets", KEY_SETTINGS, before.webhookSecrets, after.webhookSecrets),
    looser("low_confidence", LOW_CONFIDENCE_SETTINGS, before.lowConfidence, after.lowConfidence),
    looser("attest_role", ATTEST_ROLES, before.attestRole, after.attestRole),
    looser("dismiss_role", DISMISS_ROLES, before.dismissRole, after.dismissRole),
    looser("history", HISTORY_SETTINGS, before.history, after.history),
    ...newRules(before.allow, after.allow),
  ].filter((phrase) => phrase !== null);
}

/** @param order from loosest to strictest */
function looser<Value extends string>(
  name: string,
  order: readonly Value[],
  before: Value,
  after: Value,
): string | null {
  return order.indexOf(after) < order.indexOf(before) ? `${name}: ${after} instead of ${before}` : null;
}

function newRules(before: readonly AllowRule[], after: readonly AllowRule[]): string[] {
  const known = new Set(before.map(identityOf));
  return after.filter((rule) => !known.has(identityOf(rule))).map(describe);
}

/** What a rule allows and until when: its line and its reason may change without loosening anything. */
function identityOf(rule: AllowRule): string {
  return JSON.stringify([rule.kind === "paths" ? rule.paths : rule.fingerprint, rule.until]);
}

function describe(rule: AllowRule): string {
  const what =
    rule.kind === "paths" ? `test keys in ${rule.paths.join(", ")}` : `the key ${rule.fingerprint}`;
  return `allows ${what}${rule.until === null ? "" : ` until ${rule.until}`}`;
}
