export { GitError } from "./process/git-error.ts";
export { createGitMirrors } from "./git-mirrors.ts";
export type { GitMirrors } from "./git-mirrors.ts";
export type { GitSource, Prepared } from "./git-source.ts";
export { GIT_LIMITS } from "./process/limits.ts";
export type { GitLimits } from "./process/limits.ts";
export type { Preparation, PrepareRequest } from "./mirror/prepare.ts";
