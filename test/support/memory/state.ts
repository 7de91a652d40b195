import type { CommitScan, Finding, LeakEvent, ScopeRecord, Subject } from "../../../src/domain/index.ts";
import type { AcceptedGap, CheckRecord, Leak, RepositoryRecord, Tip } from "../../../src/store/index.ts";

export interface StoredCheck extends CheckRecord {
  readonly repositoryId: number;
  readonly head: string;
  readonly touchedAt: Date;
  readonly writer: string | null;
  readonly writerUntil: Date | null;
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
  readonly locations: Map<string, readonly Finding[]>;
  readonly events: Map<string, readonly LeakEvent[]>;
  readonly acceptedGaps: Map<string, AcceptedGap>;
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
    acceptedGaps: new Map(),
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
    acceptedGaps: new Map(state.acceptedGaps),
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
