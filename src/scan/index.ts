export { createGitScope } from "./git-scope.ts";
export type { GitScopeRequest } from "./git-scope.ts";
export { locateInHead } from "./head-locations.ts";
export { readScope } from "./read-scope.ts";
export type {
  CommitRecord,
  Listing,
  ScopeDeps,
  ScopeReading,
  ScopeRequest,
  ScopeSource,
} from "./read-scope.ts";
export { scanCommit } from "./scan-commit.ts";
export { scanTag } from "./scan-tag.ts";
