import { createActivities } from "./activities.ts";
import { createAcceptedGaps } from "./accepted-gaps.ts";
import { createButtons } from "./buttons.ts";
import { createCheckRuns } from "./check-runs.ts";
import { createCommitScans } from "./commit-scans.ts";
import type { Database, Queries } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { createHistories } from "./histories.ts";
import { createHistoryChecks, createHistoryKeys } from "./history-reports.ts";
import { createIgnoredKeys } from "./ignored-keys.ts";
import { createIssues } from "./issues.ts";
import { createKnownTips } from "./known-tips.ts";
import { createLeaks } from "./leaks.ts";
import { createOutbox } from "./outbox.ts";
import { createOwners } from "./owners.ts";
import { createNotedRefs } from "./noted-refs.ts";
import type { NewJob, RecordStore, RecordTables } from "./record.ts";
import { createReminders } from "./reminders.ts";
import { createRepositories } from "./repositories.ts";
import { createRetention } from "./retention.ts";
import { createScopes } from "./scopes.ts";

/** Stores jobs in the transaction that notes their subjects. */
export interface JobQueue {
  enqueue(queries: Queries, jobs: readonly NewJob[]): Promise<void>;
}

/** The record over PostgreSQL. */
export function createRecord(database: Database, queue: JobQueue): RecordStore {
  return {
    ...tablesOn(database),
    transaction: (work) =>
      database.transaction((queries) =>
        work({
          ...tablesOn(queries),
          enqueue: (jobs) => queue.enqueue(queries, jobs),
          async lock(repositoryIds) {
            const sorted = [...new Set(repositoryIds)].toSorted((a, b) => a - b);
            for (const id of sorted) await queries.run("SELECT pg_advisory_xact_lock($1, $2)", lockOf(id));
          },
        }),
      ),
  };
}

function tablesOn(queries: Queries): RecordTables {
  return {
    deliveries: createDeliveries(queries),
    repositories: createRepositories(queries),
    scopes: createScopes(queries),
    tips: createKnownTips(queries),
    notedRefs: createNotedRefs(queries),
    checks: createCheckRuns(queries),
    leaks: createLeaks(queries),
    issues: createIssues(queries),
    acceptedGaps: createAcceptedGaps(queries),
    ignoredKeys: createIgnoredKeys(queries),
    buttons: createButtons(queries),
    activities: createActivities(queries),
    commitScans: createCommitScans(queries),
    outbox: createOutbox(queries),
    reminders: createReminders(queries),
    owners: createOwners(queries),
    histories: createHistories(queries),
    historyKeys: createHistoryKeys(queries),
    historyChecks: createHistoryChecks(queries),
    retention: createRetention(queries),
  };
}

/** Keeps the locks of this room apart from other rooms' locks: chosen arbitrarily. */
const LOCKS = 7_655_226;

/** Two repositories may share a lock, which costs them a moment. */
function lockOf(repositoryId: number): [number, number] {
  return [LOCKS, repositoryId % 2_147_483_647];
}
