import type { Finding } from "../../domain/index.ts";
import type { AllowRule, PathRule } from "./configuration.ts";
import { compileGlob } from "./path-glob.ts";

/** What the allow rules say of one finding: `expired` is a rule that named it and has ended. */
export type Allowance =
  | { readonly kind: "allowed"; readonly rule: AllowRule }
  | { readonly kind: "expired"; readonly rule: AllowRule }
  | { readonly kind: "none" };

/** The rules, made ready for many findings. A rule holds to the end of its last day, in UTC. */
export function compileAllowRules(rules: readonly AllowRule[], now: Date): (finding: Finding) => Allowance {
  const today = now.toISOString().slice(0, 10);
  const rulesForPath = compilePathRules(rules.filter((rule) => rule.kind === "paths"));
  const byFingerprint = Map.groupBy(
    rules.filter((rule) => rule.kind === "fingerprint"),
    (rule) => rule.fingerprint,
  );
  return ({ fingerprint, mode, path }) => {
    const matching: readonly AllowRule[] = [
      ...(byFingerprint.get(fingerprint) ?? []),
      // A path allows test keys only, and a message, an author or a tag has none.
      ...(mode === "test" && path !== null ? rulesForPath(path) : []),
    ];
    const current = matching.find((rule) => rule.until === null || rule.until >= today);
    if (current !== undefined) {
      return { kind: "allowed", rule: current };
    }
    const [expired] = matching;
    return expired === undefined ? { kind: "none" } : { kind: "expired", rule: expired };
  };
}

function compilePathRules(rules: readonly PathRule[]): (path: string) => readonly PathRule[] {
  const compiled = rules.map((rule) => ({ rule, matchers: rule.paths.map(compileGlob) }));
  const known = new Map<string, readonly PathRule[]>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) {
      return before;
    }
    const matching = compiled
      .filter(({ matchers }) => matchers.some((matches) => matches(path)))
      .map(({ rule }) => rule);
    known.set(path, matching);
    return matching;
  };
}
