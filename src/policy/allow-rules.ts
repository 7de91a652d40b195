import type { Finding } from "../detect/index.ts";
import type { AllowRule } from "./configuration.ts";

/** What the allow rules say of one finding: `expired` is a rule that named it and has ended. */
export type Allowance =
  | { readonly kind: "allowed"; readonly rule: AllowRule }
  | { readonly kind: "expired"; readonly rule: AllowRule }
  | { readonly kind: "none" };

export function allowanceOf(finding: Finding, rules: readonly AllowRule[], now: Date): Allowance {
  const today = now.toISOString().slice(0, 10);
  const matching = rules.filter((rule) => matches(rule, finding));
  const current = matching.find((rule) => rule.until === null || rule.until >= today);
  if (current !== undefined) {
    return { kind: "allowed", rule: current };
  }
  const [expired] = matching;
  return expired === undefined ? { kind: "none" } : { kind: "expired", rule: expired };
}

function matches(rule: AllowRule, finding: Finding): boolean {
  return rule.kind === "fingerprint" && rule.fingerprint === finding.fingerprint;
}
