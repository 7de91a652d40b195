/**
 * What the app counts while it works, in the words of the domain. Every room that does I/O is handed this port and knows
 * nothing of Prometheus. Labels come from closed lists, so a stranger cannot make them grow.
 */
import type { Coverage, LeakEvent, ScopeFinding } from "../domain/index.ts";

/** What became of a request to the webhook's path: taken, refused for what it is, not stored, or never answered. */
export const DELIVERY_RESULTS = ["accepted", "refused", "failed", "unanswered"] as const;
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number];

/** How one attempt at a job ended. `failed`: given up for good. */
export const JOB_OUTCOMES = ["done", "retried", "given_up", "failed", "unknown", "lost"] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** How a search on a thread was cut short: its budget of counted work, or the thread's memory. */
export const CUT_SEARCHES = ["work", "memory"] as const;
export type CutSearch = (typeof CUT_SEARCHES)[number];

/** Which of the database's work was timed. */
export const DATABASE_WORK = ["statement", "transaction"] as const;
export type DatabaseWork = (typeof DATABASE_WORK)[number];

/** Work that can be left behind, and is found by the sweep or a comparison. */
export const MENDED = [
  "unread_scopes",
  "unreported_leaks",
  "stale_checks",
  "unwelcomed_repositories",
  "missed_pushes",
  "redeliveries",
] as const;
export type Mended = (typeof MENDED)[number];

/** An answer of GitHub, as its headers describe it. */
export interface GitHubAnswer {
  readonly method: string;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly limit: GitHubLimit | null;
  /** GitHub refused the request because of a limit. */
  readonly isLimited: boolean;
}

/** A rate limit of one installation, or of the app, as an answer reports it. */
export interface GitHubLimit {
  /** Such as `core`, `search` or `graphql`. */
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  /** When it is whole again. */
  readonly resetAt: Date;
}

/** Takes what happens. No method throws or waits. */
export interface Measures {
  /** @param event GitHub's name of the event, as the sender gave it */
  delivery(event: string, result: DeliveryResult, seconds: number): void;
  /** The check of a scope shows its verdict, this long after the delivery was accepted. */
  verdictShown(seconds: number): void;
  scopeRead(coverage: Coverage, findings: readonly ScopeFinding[]): void;
  scopeFailed(): void;
  /** @param openSeconds since the key was found */
  leakChanged(event: LeakEvent, openSeconds: number): void;
  /** What a sweep or a comparison found left behind. */
  mended(counts: Readonly<Partial<Record<Mended, number>>>): void;
  jobEnded(lane: string, outcome: JobOutcome, seconds: number): void;
  gitHubAnswered(answer: GitHubAnswer): void;
  bytesFetched(by: "rest" | "git", bytes: number): void;
  searchCut(how: CutSearch): void;
  /** @param errorCode SQLSTATE, or the code of a lost connection; null: it went well */
  databaseAnswered(work: DatabaseWork, seconds: number, errorCode: string | null): void;
  clockJumped(seconds: number): void;
}

/** For programs and tests that measure nothing. */
export const NO_MEASURES: Measures = {
  delivery: () => {},
  verdictShown: () => {},
  scopeRead: () => {},
  scopeFailed: () => {},
  leakChanged: () => {},
  mended: () => {},
  jobEnded: () => {},
  gitHubAnswered: () => {},
  bytesFetched: () => {},
  searchCut: () => {},
  databaseAnswered: () => {},
  clockJumped: () => {},
};
