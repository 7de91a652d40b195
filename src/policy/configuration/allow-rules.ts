import type { Finding } from "../../domain/index.ts";
import type { AllowRule, PathRule } from "./configuration.ts";
import { compileGlob } from "./path-glob.ts";

/**
 * What the allow rules say of one finding: `expired` names a rule that has ended, `refused` one in a repository's file
 * that names a live key, which only the owner's file may allow.
 */
export type Allowance =
  { readonly kind: "allowed" | "expired" | "refused"; readonly rule: AllowRule } | { readonly kind: "none" };

/** Compiles the rules for many findings. A rule applies until the end of its last day, in UTC. */
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
    const current = matching.filter((rule) => rule.until === null || rule.until >= today);
    const allowed = current.find((rule) => rule.file === "owner" || mode === "test");
    if (allowed !== undefined) return { kind: "allowed", rule: allowed };
    const [refused] = current;
    if (refused !== undefined) return { kind: "refused", rule: refused };
    const [expired] = matching;
    return expired === undefined ? { kind: "none" } : { kind: "expired", rule: expired };
  };
}

function compilePathRules(rules: readonly PathRule[]): (path: string) => readonly PathRule[] {
  const compiled = rules.map((rule) => ({ rule, matchers: rule.paths.map(compileGlob) }));
  const known = new Map<string, readonly PathRule[]>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;

    const matching = compiled
      .filter(({ matchers }) => matchers.some((matches) => matches(path)))
      .map(({ rule }) => rule);
    known.set(path, matching);
    return matching;
  };
}
