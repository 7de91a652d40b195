export { combineConfigurations } from "./configuration/combine-configurations.ts";
export { DEFAULT_CONFIGURATION } from "./configuration/configuration.ts";
export { parseConfiguration, unreadableConfiguration } from "./configuration/parse-configuration.ts";
export type {
  AllowRule,
  CheckMode,
  Configuration,
  ConfigurationFile,
  ConfigurationProblem,
} from "./configuration/configuration.ts";
export { judge } from "./judge.ts";
export type { Judgement } from "./judge.ts";
export type { JudgedFinding, ScopeResult, Verdict } from "./verdict.ts";
