export { coverageSchema, GAP_REASONS, gapSchema, isComplete } from "./coverage.ts";
export type { Coverage, Gap, GapReason } from "./coverage.ts";
export { headOf, keyOf, scopeSchema } from "./scope.ts";
export type { Scope } from "./scope.ts";
export {
  CHECK_MODES,
  combineConfigurations,
  DEFAULT_CONFIGURATION,
  DISMISS_ROLES,
  parseConfiguration,
} from "./configuration.ts";
export type {
  AllowRule,
  CheckMode,
  Configuration,
  ConfigurationFile,
  ConfigurationProblem,
  ParsedConfiguration,
} from "./configuration.ts";
export { judge } from "./judge.ts";
export type { Judgement } from "./judge.ts";
export type {
  HeadLocation,
  JudgedFinding,
  LeakState,
  ScopeFinding,
  ScopeResult,
  Verdict,
} from "./verdict.ts";
export { headLocationSchema, scopeFindingSchema } from "./verdict.ts";
