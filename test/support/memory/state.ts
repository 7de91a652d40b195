import type {
  ButtonAnswer,
  CommitScan,
  Finding,
  KeyActivity,
  LeakEvent,
  PastFinding,
  ScopeRecord,
  Subject,
} from "../../../src/domain/index.ts";
import type {
  AcceptedGap,
  CheckRecord,
  DrillRecord,
  FormerIssue,
  HistoryCheck,
  HistoryKeyPlan,
  HistoryRecord,
  HistoryTips,
  Holder,
  IgnoredKey,
  Leak,
  NeutralIssue,
  Reminded,
  RepositoryRecord,
  SummaryRecord,
  Tip,
  ToldPlaces,
} from "../../../src/store/index.ts";

export interface StoredCheck extends CheckRecord {
  readonly repositoryId: number;
  readonly head: string;
  readonly touchedAt: Date;
  readonly writer: string | null;
  readonly writerUntil: Date | null;
}

/** A place of a leak. `arrival` orders those of all repositories. */
export interface StoredPlace {
  readonly finding: Finding;
  readonly foundAt: Date;
  readonly arrival: number;
}

/** What is done with a key of a history. */
export interface StoredKey extends HistoryKeyPlan {
  readonly repositoryId: number;
  readonly addedAt: Date | null;
  readonly toldAt: Date | null;
}

/** A finding of a history, with the version of the detector that saw it last. */
export interface StoredPast {
  readonly past: PastFinding;
  readonly detectorVersion: string;
}

export interface StoredEvent {
  readonly event: LeakEvent;
  readonly number: number;
  readonly told: boolean;
}

/** Everything on record, in maps by the keys of the tables. Rows are replaced and never changed. */
export interface State {
  readonly deliveries: Map<string, Date>;
  /** Up to when lists of GitHub were compared with the record. */
  readonly compared: Map<string, Date>;
  readonly redeliveries: Map<string, { readonly times: number; readonly askedAt: Date }>;
  readonly repositories: Map<number, RepositoryRecord>;
  readonly subjects: Map<string, Subject>;
  readonly scopes: Map<string, ScopeRecord>;
  readonly tips: Map<string, Tip>;
  readonly notedRefs: Map<string, string>;
  readonly checks: Map<string, StoredCheck>;
  readonly leaks: Map<string, Leak>;
  /** In the order in which they arrived. */
  readonly locations: Map<string, readonly StoredPlace[]>;
  readonly events: Map<string, readonly StoredEvent[]>;
  /** The number of the last event. */
  readonly last: { event: number };
  readonly reminders: Map<string, Reminded>;
  readonly summaries: Map<number, SummaryRecord>;
  readonly drills: Map<string, DrillRecord>;
  readonly acceptedGaps: Map<string, AcceptedGap>;
  readonly ignoredKeys: Map<string, IgnoredKey>;
  readonly buttons: Map<string, ButtonAnswer>;
  readonly activities: Map<string, KeyActivity>;
  readonly neutralIssues: Map<string, NeutralIssue>;
  readonly toldPlaces: Map<string, ToldPlaces>;
  readonly formerIssues: Map<string, FormerIssue & { readonly sourceId: number }>;
  readonly histories: Map<string, HistoryRecord & { readonly tips: HistoryTips }>;
  readonly holders: Map<string, Holder & { readonly detectorVersion: string }>;
  readonly pastFindings: Map<string, StoredPast>;
  readonly historyKeys: Map<string, StoredKey>;
  readonly historyChecks: Map<string, HistoryCheck>;
  readonly commitScans: Map<string, { readonly scan: CommitScan; readonly scannedAt: Date }>;
  /** Since when repositories are removed, and when checks were examined: only retention asks. */
  readonly removedAt: Map<number, Date>;
  readonly examined: Map<string, Date>;
}

export function emptyState(): State {
  return {
    deliveries: new Map(),
    compared: new Map(),
    redeliveries: new Map(),
    repositories: new Map(),
    subjects: new Map(),
    scopes: new Map(),
    tips: new Map(),
    notedRefs: new Map(),
    checks: new Map(),
    leaks: new Map(),
    locations: new Map(),
    events: new Map(),
    last: { event: 0 },
    reminders: new Map(),
    summaries: new Map(),
    drills: new Map(),
    acceptedGaps: new Map(),
    ignoredKeys: new Map(),
    buttons: new Map(),
    activities: new Map(),
    neutralIssues: new Map(),
    toldPlaces: new Map(),
    formerIssues: new Map(),
    histories: new Map(),
    pastFindings: new Map(),
    historyKeys: new Map(),
    historyChecks: new Map(),
    holders: new Map(),
    commitScans: new Map(),
    removedAt: new Map(),
    examined: new Map(),
  };
}

export function copyOf(state: State): State {
  return {
    deliveries: new Map(state.deliveries),
    compared: new Map(state.compared),
    redeliveries: new Map(state.redeliveries),
    repositories: new Map(state.repositories),
    subjects: new Map(state.subjects),
    scopes: new Map(state.scopes),
    tips: new Map(state.tips),
    notedRefs: new Map(state.notedRefs),
    checks: new Map(state.checks),
    leaks: new Map(state.leaks),
    locations: new Map(state.locations),
    events: new Map(state.events),
    last: { ...state.last },
    reminders: new Map(state.reminders),
    summaries: new Map(state.summaries),
    drills: new Map(state.drills),
    acceptedGaps: new Map(state.acceptedGaps),
    ignoredKeys: new Map(state.ignoredKeys),
    buttons: new Map(state.buttons),
    activities: new Map(state.activities),
    neutralIssues: new Map(state.neutralIssues),
    toldPlaces: new Map(state.toldPlaces),
    formerIssues: new Map(state.formerIssues),
    histories: new Map(state.histories),
    pastFindings: new Map(state.pastFindings),
    historyKeys: new Map(state.historyKeys),
    historyChecks: new Map(state.historyChecks),
    holders: new Map(state.holders),
    commitScans: new Map(state.commitScans),
    removedAt: new Map(state.removedAt),
    examined: new Map(state.examined),
  };
}

export function at(repositoryId: number, ...rest: readonly string[]): string {
  return [repositoryId, ...rest].join("\n");
}

export function of<Row>(rows: ReadonlyMap<string, Row>, repositoryId: number): Row[] {
  return [...rows].filter(([key]) => key.startsWith(`${repositoryId}\n`)).map(([, row]) => row);
}

export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].toSorted();
}
