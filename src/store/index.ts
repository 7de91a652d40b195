/** The database and the record in it: everything that outlives the process. It never holds the text of a credential. */
export { openDatabase, openExistingDatabase } from "./database.ts";
export type { Database, DatabaseOptions, Queries } from "./database.ts";
export type { Listener } from "./listen.ts";
export { readEvidence } from "./evidence.ts";
export type { EvidenceDrillRow, EvidenceEventRow, EvidenceLeakRow, EvidenceRows } from "./evidence.ts";
export { migrate } from "./migrate.ts";
export { checkSchema } from "./migrate.ts";
export { json } from "./queries.ts";
export { StoreError } from "./store-error.ts";
export type { CheckRecord, RunRecord } from "./check-record.ts";
export { MAX_PAST_FINDINGS } from "./history-record.ts";
export type {
  DueHistory,
  Histories,
  HistoryReading,
  HistoryRecord,
  HistoryTips,
  HistoryTotals,
  Holder,
} from "./history-record.ts";
export { HISTORY_CHECK } from "./history-report-record.ts";
export type { FirstPlace, HistoryCheck, HistoryKeyPlan, UnfiledKey } from "./history-report-record.ts";
export { MAX_LOCATIONS, placeOf } from "./leak-record.ts";
export type { Leak, NewLeak } from "./leak-record.ts";
export { URGENCIES } from "./record.ts";
export type {
  DrillRecord,
  IssueAt,
  OwnersLeak,
  Reminded,
  SummaryRecord,
  RecordedChange,
  UnreadHead,
} from "./notice-record.ts";
export type {
  AcceptedGap,
  IgnoredKey,
  FormerIssue,
  LeakPlaces,
  NeutralIssue,
  NewJob,
  PointedHead,
  RecordStore,
  RecordTables,
  RecordTransaction,
  RepositoryRecord,
  Tip,
  ToldPlaces,
} from "./record.ts";
export { ASKED_KINDS } from "./record.ts";
export { createRecord } from "./sql-record.ts";
export type { JobQueue } from "./sql-record.ts";
