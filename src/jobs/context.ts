import type { Logger } from "pino";
import type { CurrentRepository } from "../domain/index.ts";
import type { GitHub } from "../github/index.ts";
import type { Measures } from "../measure/index.ts";
import type { Webhook } from "../notify/index.ts";
import type { ApartRequest, FindKey, HistoryRead, ScanContent } from "../scan/index.ts";
import type { GitSource, HistoryMirror, KeyedLock } from "../source/index.ts";
import type { RecordStore } from "../store/index.ts";
import type { Stripe } from "../stripe/index.ts";
import type { ConfigurationReader } from "./configuration.ts";
import type { PushWatch } from "./push-watch.ts";

/** Limits of one scope, so one repository cannot starve the others. */
export interface Limits {
  /** A larger file is not asked for by REST; git reads up to its own limit. */
  readonly restBlobBytes: number;
  /** Wall time of one scan, in milliseconds. */
  readonly scanMs: number;
  /**
   * From one key of a history to the next whose issue is opened, in an installation, in milliseconds. GitHub was seen to take
   * 150 issues an hour: at 120, pushes have room for theirs.
   */
  readonly historyIssueMs: number;
  /** How often the sweep goes over the record, in milliseconds. */
  readonly sweepEveryMs: number;
  /** How often failed deliveries are requested again, in milliseconds. */
  readonly fetchEveryMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  restBlobBytes: 10_000_000,
  scanMs: 10 * 60_000,
  historyIssueMs: 30_000,
  sweepEveryMs: 5 * 60_000,
  fetchEveryMs: 10 * 60_000,
};

/** What is read of a history, and who is told how far it is. */
export type HistoryRequest = Omit<ApartRequest, "environment" | "niceness">;

/** Everything that jobs work with; made once by `src/server`. */
export interface JobContext {
  readonly github: GitHub;
  readonly record: RecordStore;
  readonly configuration: ConfigurationReader;
  /** Locks within this process; across processes the queue and the record do that. */
  readonly lock: KeyedLock;
  /** Searches the content of files, on other threads. */
  readonly scanContent: ScanContent;
  /** Finds a key again in content that holds it, on other threads. */
  readonly findKey: FindKey;
  readonly stripe: Stripe;
  /** The page of GitHub, such as `https://github.com`, without a slash at the end. */
  readonly githubUrl: string;
  /** The repository, read with git. */
  openGit(repository: CurrentRepository): GitSource;
  /** The repository with its whole history, fetched with git. */
  openHistory(repository: CurrentRepository): HistoryMirror;
  /** Searches a history that was fetched, in another process. */
  readHistory(request: HistoryRequest): Promise<HistoryRead>;
  /** What of pushes is under way in this process. */
  readonly pushes: PushWatch;
  /** The marker of a credential's issue, which only the holder of the marker key can make. */
  marker(repositoryId: number, fingerprint: string): string;
  /** The operator's webhook; null: there is none. */
  readonly webhook: Webhook | null;
  /** The markers that it had under former keys: issues are found by them too. */
  formerMarkers(repositoryId: number, fingerprint: string): readonly string[];
  readonly limits: Limits;
  readonly log: Logger;
  readonly measures: Measures;
  now(): Date;
}
