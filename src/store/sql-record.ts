import { createAcceptedGaps } from "./accepted-gaps.ts";
import { createCheckRuns } from "./check-runs.ts";
import { createCommitScans } from "./commit-scans.ts";
import type { Database, Queries } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { createKnownTips } from "./known-tips.ts";
import { createLeaks } from "./leaks.ts";
import type { NewJob, RecordStore, RecordTables } from "./record.ts";
import { createRepositories } from "./repositories.ts";
import { createScopes } from "./scopes.ts";

/** Where jobs are stored, within the transaction that notes what they are about. */
export interface JobQueue {
  enqueue(queries: Queries, jobs: readonly NewJob[]): Promise<void>;
}

/** The record over PostgreSQL. */
export function createRecord(database: Database, queue: JobQueue): RecordStore {
  return {
    ...tablesOn(database),
    transaction: (work) =>
      database.transaction((queries) =>
        work({ ...tablesOn(queries), enqueue: (jobs) => queue.enqueue(queries, jobs) }),
      ),
  };
}

function tablesOn(queries: Queries): RecordTables {
  return {
    deliveries: createDeliveries(queries),
    repositories: createRepositories(queries),
    scopes: createScopes(queries),
    tips: createKnownTips(queries),
    checks: createCheckRuns(queries),
    leaks: createLeaks(queries),
    acceptedGaps: createAcceptedGaps(queries),
    commitScans: createCommitScans(queries),
  };
}
