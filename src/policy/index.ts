export { CODEOWNERS_PATHS, codeOwnersOf } from "./code-owners.ts";
export type { CodeOwners } from "./code-owners.ts";
export { outcomeOf } from "./severity.ts";
export { combineConfigurations } from "./configuration/combine-configurations.ts";
export type { CombinedConfiguration, ConfigurationFiles } from "./configuration/combine-configurations.ts";
export { loosenings } from "./configuration/loosenings.ts";
export { CHECK_MODES, DEFAULT_CONFIGURATION } from "./configuration/configuration.ts";
export { parseConfiguration, unreadableConfiguration } from "./configuration/parse-configuration.ts";
export type {
  AllowRule,
  CheckMode,
  Configuration,
  ConfigurationFile,
  ConfigurationProblem,
  Drill,
  HistorySetting,
  ParsedConfiguration,
} from "./configuration/configuration.ts";
export { untoldNotices } from "./leak-notices.ts";
export type { LeakNotice } from "./leak-notices.ts";
export { dueDrill } from "./drills.ts";
export { planReminder, SNOOZE_LABEL } from "./reminders.ts";
export type { ReminderPlan } from "./reminders.ts";
export { decideLife, decideSeenAgain } from "./leak-life.ts";
export type {
  Closer,
  ClosingReason,
  IssueNow,
  LeakNow,
  LifeDecision,
  LifeFacts,
  Refusal,
  Verification,
} from "./leak-life.ts";
export { byNewestAccount, filedAs, isToFile, judgeHistory } from "./history.ts";
export type { HistoryJudgement, HistoryKey } from "./history.ts";
export { judge } from "./judge.ts";
export type { Judgement } from "./judge.ts";
export {
  afterAnswer,
  afterNotAsking,
  isAskable,
  scheduled,
  stateAfterAsking,
  whyNotAsked,
} from "./verification.ts";
export type { AskedLeak } from "./verification.ts";
export type { JudgedFinding, LeftToHistory, ScopeResult, Verdict } from "./verdict.ts";
