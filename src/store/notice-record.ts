/** What the record keeps for telling people: changes not told yet, reminders, each owner's summary and drills. */
import { z } from "zod";
import { CONFIDENCES, KINDS, leakEventSchema, MODES } from "../domain/index.ts";
import type { Gap } from "../domain/index.ts";

export const recordedChangeSchema = leakEventSchema.extend({
  /** Orders the changes of all leaks. */
  number: z.coerce.number(),
  /** The repository in which the credential was found. */
  repositoryId: z.coerce.number(),
  /** The outgoing webhook was told of it, or had nothing to be told. */
  told: z.boolean(),
});
/** A change of one row of a leak. */
export type RecordedChange = Readonly<z.infer<typeof recordedChangeSchema>>;

/** The changes of leaks, as the outgoing webhook is told of them. A change waits from the transaction that made it. */
export interface Outbox {
  /** Leaks with untold changes, by the repository that holds their issue; the oldest change first. */
  waiting(limit: number): Promise<{ repositoryId: number; fingerprint: string }[]>;
  /** All changes of one leak over all repositories, the oldest first. */
  changes(reportRepositoryId: number, fingerprint: string): Promise<RecordedChange[]>;
  told(numbers: readonly number[], at: Date): Promise<void>;
  /** Every change that waits counts as told: there is no webhook. */
  toldAll(at: Date): Promise<void>;
}

/** An issue that people may be reminded of. */
export interface IssueAt {
  readonly repositoryId: number;
  readonly issueNumber: number;
}

export const remindedSchema = z.object({
  lastAt: z.date().nullable(),
  /** A comment was requested, and the answer is not on record. */
  askedAt: z.date().nullable(),
  nextAt: z.date().nullable(),
});
export type Reminded = Readonly<z.infer<typeof remindedSchema>>;

export interface Reminders {
  /** Issues of open leaks and drills, and neutral ones, in active repositories, for which something may be due. */
  due(now: Date, limit: number): Promise<IssueAt[]>;
  /** Since when leaks of the issue are open again or for the first time, the oldest; null: none is open. */
  openSince(issue: IssueAt): Promise<Date | null>;
  /** Since when the neutral issue of a public repository covers all it does, whatever became of it; null: nothing. */
  neutralSince(repositoryId: number): Promise<Date | null>;
  find(issue: IssueAt): Promise<Reminded>;
  asked(issue: IssueAt, at: Date): Promise<void>;
  given(issue: IssueAt, at: Date): Promise<void>;
  /** Nothing is due earlier. */
  wait(issue: IssueAt, until: Date): Promise<void>;
}

export const summaryRecordSchema = z.object({
  repositoryId: z.coerce.number(),
  issueNumber: z.coerce.number().nullable(),
  /** The issue was requested. Without a number: GitHub's answer is not on record. */
  askedAt: z.date().nullable(),
  digest: z.string().nullable(),
});
export type SummaryRecord = Readonly<z.infer<typeof summaryRecordSchema>>;

/** `lost`: its issue was deleted. */
const DRILL_OUTCOMES = ["attested", "skipped", "lost"] as const;

export const drillRecordSchema = z.object({
  installationId: z.coerce.number(),
  /** From 1, for each owner. */
  number: z.int(),
  /** The private place that holds its issue. */
  repositoryId: z.coerce.number(),
  issueNumber: z.coerce.number().nullable(),
  issueUrl: z.string().nullable(),
  askedAt: z.date(),
  openedAt: z.date().nullable(),
  closedAt: z.date().nullable(),
  closedBy: z.string().nullable(),
  outcome: z.enum(DRILL_OUTCOMES).nullable(),
  tasks: z.int(),
  tasksDone: z.int(),
});
/** One drill of rolling a key. */
export type DrillRecord = Readonly<z.infer<typeof drillRecordSchema>>;

export const ownersLeakSchema = z.object({
  repositoryId: z.coerce.number(),
  owner: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  redacted: z.string(),
  foundAt: z.date(),
  reportRepositoryId: z.coerce.number(),
  issueUrl: z.string().nullable(),
  /** When it was rolled; null: it is open. */
  rolledAt: z.date().nullable(),
});
/** A leak as the summary of its owner lists it. */
export type OwnersLeak = Readonly<z.infer<typeof ownersLeakSchema>>;

/** A commit that was not read whole. */
export interface UnreadHead {
  readonly repositoryId: number;
  readonly owner: string;
  readonly name: string;
  readonly head: string;
  /** Why reading was given up; null: it was read as far as it goes. */
  readonly problem: string | null;
  readonly gaps: readonly Gap[];
}

/** What one owner is told and asked for. An installation names the owner. */
export interface Owners {
  /** Installations with an active repository, and one of those. */
  active(): Promise<{ installationId: number; repositoryId: number }[]>;
  summary(installationId: number): Promise<SummaryRecord | null>;
  putSummary(installationId: number, summary: SummaryRecord): Promise<void>;
  /** By number. */
  drills(installationId: number): Promise<DrillRecord[]>;
  /** Inserts or replaces the drill with its number. */
  putDrill(drill: DrillRecord): Promise<void>;
  drillOf(issue: IssueAt): Promise<DrillRecord | null>;
  /** The oldest first. */
  openLeaks(installationId: number, limit: number): Promise<OwnersLeak[]>;
  countOpenLeaks(installationId: number): Promise<number>;
  /** Leaks that are rolled since `since` or later, the latest first. */
  rolledLeaks(installationId: number, since: Date, limit: number): Promise<OwnersLeak[]>;
  /** Heads that count and were not read whole, the latest first. */
  unreadHeads(installationId: number, limit: number): Promise<UnreadHead[]>;
}
