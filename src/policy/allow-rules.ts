import type { Finding } from "../detect/index.ts";
import type { AllowRule } from "./configuration.ts";
import { matchesGlob } from "./path-glob.ts";

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

/** A path allows test keys only, and a message, an author or a tag has none. */
function matches(rule: AllowRule, { fingerprint, mode, path }: Finding): boolean {
  return rule.kind === "fingerprint"
    ? rule.fingerprint === fingerprint
    : mode === "test" && path !== null && rule.paths.some((glob) => matchesGlob(glob, path));
}
