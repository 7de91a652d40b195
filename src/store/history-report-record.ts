/** What the record keeps of reporting histories: which keys get an issue and when, and the check run on each history. */
import { z } from "zod";
import { gapSchema, HISTORY_STATES, HISTORY_TRUSTS, originSchema, findingSchema } from "../domain/index.ts";
import type { HistoryTrust, PastFinding } from "../domain/index.ts";

/**
 * What is done with a live key of a history. `issue`: it gets one; `summary`: it is in the summary of the owner;
 * `stranger`: only people without write access brought it, so it is on record only.
 */
export const KEY_STANDINGS = ["issue", "summary", "stranger"] as const;
export type KeyStanding = (typeof KEY_STANDINGS)[number];

/** A live key of a history that is no settled leak. */
export interface HistoryKeyPlan {
  readonly fingerprint: string;
  readonly standing: KeyStanding;
  /** Newest accounts are filed first. */
  readonly accountCreated: string | null;
  readonly isAtTip: boolean;
}

const firstPlaceSchema = z
  .object({
    repositoryId: z.coerce.number(),
    finding: findingSchema,
    origin: originSchema,
    trust: z.enum(HISTORY_TRUSTS),
    pulls: z.array(z.int()),
    atTip: z.boolean().nullable(),
  })
  .transform(({ repositoryId, atTip, finding, origin, trust, pulls }) => ({
    repositoryId,
    isAtTip: atTip === true,
    past: { finding, origin, trust, pulls },
  }));
export { firstPlaceSchema };

/** The place at which a key first came into a history. */
export interface FirstPlace {
  readonly repositoryId: number;
  readonly past: PastFinding;
  /** A file at the tip of the default branch holds the key, here or elsewhere. */
  readonly isAtTip: boolean;
}

/** A key of a history as the summary of its owner lists it. */
export interface UnfiledKey extends FirstPlace {
  readonly owner: string;
  readonly name: string;
}

export const unreadHistorySchema = z.object({
  repositoryId: z.coerce.number(),
  owner: z.string(),
  name: z.string(),
  state: z.enum(HISTORY_STATES),
  problem: z.string().nullable(),
  gaps: z.array(gapSchema).readonly(),
});
/** A history that was not read, or not whole. */
export type UnreadHistory = Readonly<z.infer<typeof unreadHistorySchema>>;

export const keyCountsSchema = z.object({
  /** Get an issue and have none yet. */
  waiting: z.coerce.number(),
  summary: z.coerce.number(),
  stranger: z.coerce.number(),
});
/** Live keys of histories, by what is done with them. */
export type KeyCounts = Readonly<z.infer<typeof keyCountsSchema>>;

/** What is done with a key of a history. */
export interface KeyStandingNow {
  readonly fingerprint: string;
  readonly standing: KeyStanding;
  /** Its issue tells of it. */
  readonly isTold: boolean;
}

/** Which keys of histories get an issue, and when. */
export interface HistoryKeys {
  /**
   * Replaces what is to be done with the keys of a history. One that was told already and is planned again is told once
   * more, because its history holds more.
   */
  plan(repositoryId: number, keys: readonly HistoryKeyPlan[]): Promise<void>;
  /** The repository whose key is filed next: that of the newest account of the installation. Only active repositories. */
  next(installationId: number): Promise<number | null>;
  /** Keys of a repository that wait to be filed, in the order in which they are filed. */
  waiting(repositoryId: number): Promise<string[]>;
  /** What is done with each key of a repository, in the order of their fingerprints. */
  standings(repositoryId: number): Promise<KeyStandingNow[]>;
  /** They are leaks on record since. */
  added(repositoryId: number, fingerprints: readonly string[], at: Date): Promise<void>;
  /** Their issues tell of them since. */
  told(repositoryId: number, fingerprints: readonly string[], at: Date): Promise<void>;
  /** Leaks whose issues do not tell of them yet, of an active repository of the installation. */
  unfinished(
    installationId: number,
  ): Promise<{ readonly repositoryId: number; readonly fingerprints: readonly string[] } | null>;
  /** When a key of the installation was filed last. */
  lastAddedAt(installationId: number): Promise<Date | null>;
  /** Installations with a key to be filed. */
  installationsWaiting(): Promise<{ readonly installationId: number; readonly repositoryId: number }[]>;
  /** Where keys that get an issue, or have one, came into histories, by fingerprint: the first place of each. */
  firstPlaces(
    rows: readonly { readonly repositoryId: number; readonly fingerprint: string }[],
  ): Promise<Map<string, FirstPlace>>;
  /** Who brought a key, at each of its places. */
  trusts(repositoryId: number, fingerprint: string): Promise<HistoryTrust[]>;
  counts(installationId: number): Promise<KeyCounts>;
  /** Keys that are in the summary only, newest accounts first. */
  unfiled(installationId: number, limit: number): Promise<UnfiledKey[]>;
  /** Histories that are too large, failed, or have gaps. */
  unread(installationId: number, limit: number): Promise<UnreadHistory[]>;
  /** Repositories whose history is on record, for their keys to be judged again. */
  histories(installationId: number, limit: number): Promise<number[]>;
}

const formerRunSchema = z.object({ head: z.string(), runId: z.int() });

export const historyCheckSchema = z.object({
  head: z.string(),
  askedAt: z.date().nullable(),
  former: z.array(formerRunSchema).readonly(),
  /** It says something that people follow, so it moves to each new commit of the default branch. */
  moves: z.boolean(),
});
/** Where the check run on a history is. */
export type HistoryCheck = Readonly<z.infer<typeof historyCheckSchema>>;

export interface HistoryChecks {
  find(repositoryId: number): Promise<HistoryCheck | null>;
  put(repositoryId: number, check: HistoryCheck): Promise<void>;
}

/** Takes the place of a commit in `check_runs`: the check on the history of a repository. No id of a commit is like it. */
export const HISTORY_CHECK = "history";
