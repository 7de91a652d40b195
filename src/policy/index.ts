export { coverageSchema, GAP_REASONS, gapSchema, isComplete } from "./coverage.ts";
export type { Coverage, Gap, GapReason } from "./coverage.ts";
export { headOf, keyOf, provesWriter, scopeSchema } from "./scope.ts";
export type { Scope } from "./scope.ts";
export { combineConfigurations } from "./combine-configurations.ts";
export { DEFAULT_CONFIGURATION } from "./configuration.ts";
export { parseConfiguration, unreadableConfiguration } from "./parse-configuration.ts";
export type {
  AllowRule,
  CheckMode,
  Configuration,
  ConfigurationFile,
  ConfigurationProblem,
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
export { scopeFindingSchema } from "./verdict.ts";
