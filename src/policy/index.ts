export { coverageSchema, GAP_REASONS, gapSchema, isComplete } from "./coverage.ts";
export type { Coverage, Gap, GapReason } from "./coverage.ts";
export { headOf, keyOf, scopeSchema } from "./scope.ts";
export type { Scope } from "./scope.ts";
export type { Configuration, ConfigurationProblem } from "./configuration.ts";
export type {
  HeadLocation,
  JudgedFinding,
  LeakState,
  ScopeFinding,
  ScopeResult,
  Verdict,
} from "./verdict.ts";
export { headLocationSchema } from "./verdict.ts";
