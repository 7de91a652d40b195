/** What the record keeps of reading whole histories: how far each reading is, and what it found. */
import { z } from "zod";
import { gapSchema, HISTORY_STATES } from "../domain/index.ts";
import type { Gap, HistoryTrust, PastFinding } from "../domain/index.ts";
import { indexKey } from "./index-key.ts";

export const historyRecordSchema = z.object({
  repositoryId: z.coerce.number(),
  state: z.enum(HISTORY_STATES),
  /** Why it is not read: one plain sentence. Null unless it failed or is too large. */
  problem: z.string().nullable(),
  /** What the last reading could not read. */
  gaps: z.array(gapSchema).readonly(),
  /** The version of the detector that read it last; null: it was never read. */
  detectorVersion: z.string().nullable(),
  /** By GitHub; null: not asked yet. */
  sizeBytes: z.coerce.number().nullable(),
  /** Of the reading that is under way, or of the last one. */
  bytesDone: z.coerce.number(),
  objectsDone: z.coerce.number(),
  /** Null: not listed yet. */
  objectsTotal: z.coerce.number().nullable(),
  /** Counts the readings, failed ones too. */
  round: z.int(),
  failures: z.int(),
  dueAt: z.date(),
  beganAt: z.date().nullable(),
  /** When it was read last; null: never. */
  readAt: z.date().nullable(),
  /** When the findings of the last reading became leaks; null: not yet. */
  reportedAt: z.date().nullable(),
});
/** How far the reading of one repository's history is. */
export type HistoryRecord = Readonly<z.infer<typeof historyRecordSchema>>;

/** A repository whose history is to be read. */
export interface DueHistory {
  readonly repositoryId: number;
  readonly installationId: number;
  readonly round: number;
}

/** What the refs of a repository named. */
export interface HistoryTips {
  /** Of branches, tags and other refs that only people with write access can move. */
  readonly refs: readonly string[];
  /** Of pull requests alone. */
  readonly pulls: readonly string[];
}

/** A version of a file, and the fingerprints of what it holds. */
export interface Holder {
  readonly blob: string;
  readonly fingerprints: readonly string[];
}

/** What a reading brought. */
export interface HistoryReading {
  readonly findings: readonly PastFinding[];
  readonly gaps: readonly Gap[];
  readonly detectorVersion: string;
  readonly tips: HistoryTips;
  /** Files that hold findings, with the fingerprints of these. */
  readonly holders: readonly Holder[];
  /** False: only what is new since the last reading was read. */
  readonly isWhole: boolean;
  /**
   * Fingerprints that files at the tip of the default branch hold, of the findings on record and the new ones; null: nothing
   * changed.
   */
  readonly atTip: readonly string[] | null;
  readonly bytes: number;
  readonly objects: number;
  readonly at: Date;
  /** When it is to be read next. */
  readonly dueAt: Date;
}

/** Why a history was not read. */
export interface HistoryFailure {
  readonly state: "too_large" | "failed";
  readonly problem: string;
  readonly dueAt: Date;
}

/** How far the readings of some repositories are together. Archived and removed repositories do not count. */
export const historyTotalsSchema = z.object({
  repositories: z.coerce.number(),
  waiting: z.coerce.number(),
  reading: z.coerce.number(),
  /** At least once, with gaps or without. */
  read: z.coerce.number(),
  /** Of those read, the ones with gaps. */
  incomplete: z.coerce.number(),
  tooLarge: z.coerce.number(),
  failed: z.coerce.number(),
  /** By GitHub's sizes, of all that are not too large. */
  bytes: z.coerce.number(),
  bytesRead: z.coerce.number(),
  /** Repositories and bytes read since the time that was asked about, and when the first of those readings began. */
  recentRepositories: z.coerce.number(),
  recentBytes: z.coerce.number(),
  recentSince: z.date().nullable(),
});
export type HistoryTotals = Readonly<z.infer<typeof historyTotalsSchema>>;

/** Reading whole histories. */
export interface Histories {
  /** Null: it was never asked for. */
  find(repositoryId: number): Promise<HistoryRecord | null>;
  /** Asks for readings at this time, in one statement. Where one was asked for earlier, that stays. */
  ask(repositoryIds: readonly number[], at: Date): Promise<void>;
  noteSize(repositoryId: number, bytes: number): Promise<void>;
  /**
   * Asks for a reading of everything that another version of the detector read.
   *
   * @returns of how many repositories
   */
  askOutdated(detectorVersion: string, at: Date): Promise<number>;
  /**
   * Histories of active repositories that are due, the smallest of each installation first.
   *
   * @param each how many of an installation
   * @param installationId null: of every installation
   */
  due(now: Date, each: number, installationId: number | null): Promise<DueHistory[]>;
  /**
   * Notes that a reading begins. If it is not heard of until then, it is due again.
   *
   * @returns false if it is not due
   */
  begin(repositoryId: number, now: Date, until: Date): Promise<boolean>;
  noteProgress(
    repositoryId: number,
    done: { readonly bytes: number; readonly objects: number; readonly objectsTotal: number | null },
  ): Promise<void>;
  /** Records a reading: its findings are added to those on record. Who brought one is never forgotten. */
  finish(repositoryId: number, reading: HistoryReading): Promise<void>;
  fail(repositoryId: number, failure: HistoryFailure): Promise<void>;
  /** What the refs named when this version of the detector read it last; null: it did not. */
  tips(repositoryId: number, detectorVersion: string): Promise<HistoryTips | null>;
  /** The files in which this version of the detector found something. */
  holders(repositoryId: number, detectorVersion: string): Promise<Holder[]>;
  /** In the order of the commits that introduced them, as far as they were found together. */
  findings(repositoryId: number): Promise<PastFinding[]>;
  /** The findings on record are leaks now, those that may be. */
  setReportedAt(repositoryId: number, at: Date): Promise<void>;
  /**
   * @param installationId null: over all installations
   * @param recent since when repositories count as read recently
   */
  totals(installationId: number | null, recent: Date): Promise<HistoryTotals>;
}

/** Findings of one repository that are kept. More is a gap of its reading. */
export const MAX_PAST_FINDINGS = 20_000;

/** Each credential once at each place, brought by the surest of those who did. */
export function oncePerPlace(
  findings: readonly PastFinding[],
): readonly (PastFinding & { readonly place: string })[] {
  const rows = new Map<string, PastFinding & { readonly place: string }>();
  for (const found of findings) {
    const place = placeOfPast(found);
    const key = `${found.finding.fingerprint} ${place}`;
    const trust = surerTrust(rows.get(key)?.trust ?? "unknown", found.trust);
    rows.set(key, { ...found, trust, place });
  }
  return [...rows.values()];
}

/** Names the place of a finding: one credential at one path is one finding, whatever commits hold it. */
function placeOfPast({ finding, origin }: Pick<PastFinding, "finding" | "origin">): string {
  const { kind, place, path, commit } = finding;
  const at = origin.source === "file" ? [path] : [path, commit, origin.ref];
  return indexKey(JSON.stringify([kind, place, origin.source, ...at]));
}

/** The surest of two answers to who brought a finding. */
export function surerTrust(first: HistoryTrust, second: HistoryTrust): HistoryTrust {
  const both = [first, second];
  if (both.includes("writer")) return "writer";
  return both.includes("stranger") ? "stranger" : "unknown";
}
