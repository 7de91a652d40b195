/** Git inside `source`; other rooms import from `source/index.ts`. */
export { GitError } from "./process/git-error.ts";
export type { GitRetry } from "./process/git-error.ts";
export { createGitMirrors } from "./git-mirrors.ts";
export type { GitMirrors } from "./git-mirrors.ts";
export { createHistoryMirrors } from "./history-mirrors.ts";
export type { FetchedHistory, HistoryMirror, HistoryMirrors } from "./history-mirrors.ts";
export type { GitSource, Prepared } from "./git-source.ts";
export type { RefTip } from "./mirror/list-refs.ts";
export { beNice } from "./process/git-process.ts";
export { GIT_LIMITS } from "./process/limits.ts";
export type { GitLimits } from "./process/limits.ts";
export type { CommitRange, Preparation } from "./prepare/commit-range.ts";
