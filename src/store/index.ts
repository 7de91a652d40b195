import { createCheckRuns } from "./check-runs.ts";
import { createCommitScans } from "./commit-scans.ts";
import type { Database } from "./database.ts";
import { createLeaks } from "./leaks.ts";
import { createRepositories } from "./repositories.ts";
import { createScopes } from "./scopes.ts";

export { openDatabase } from "./database.ts";
export type { Database, DatabaseOptions, Queries } from "./database.ts";
export type { Listener } from "./listen.ts";
export { migrate } from "./migrate.ts";
export { StoreError } from "./store-error.ts";
export type { CheckRunRecord } from "./check-runs.ts";
export type { Leak } from "./leaks.ts";
export type { ScopeRecord } from "./scopes.ts";

/** Everything that outlives the process. Nothing in it holds the text of a credential. */
export function createStore(database: Database) {
  return {
    repositories: createRepositories(database),
    commitScans: createCommitScans(database),
    scopes: createScopes(database),
    checkRuns: createCheckRuns(database),
    leaks: createLeaks(database),
  };
}
export type Store = ReturnType<typeof createStore>;
