/** What reading the whole history of a repository found, and how far the reading is. */
import { z } from "zod";
import type { Finding } from "./finding.ts";

/** Where a finding of a history is: `loose` is a file that belongs to no commit. */
const ORIGIN_SOURCES = ["file", "commit", "tag", "note", "ref", "loose"] as const;
export type OriginSource = (typeof ORIGIN_SOURCES)[number];

/** Where a finding of a history came in, and what became of it. Safe to show: names are redacted. */
export const originSchema = z.strictObject({
  /** Of the commit that introduced it: name and address; null where no commit did. */
  author: z.string().nullable(),
  /** When that commit was authored, in ISO 8601 with the author's offset. */
  date: z.string().nullable(),
  /** Whether a file at the tip of the default branch still holds it; null where it is in no file. */
  isAtTip: z.boolean().nullable(),
  /** Branches with the commit in their history, the default branch first; at most 20. */
  branches: z.array(z.string()).readonly(),
  /** There are more branches than are named. */
  hasMoreBranches: z.boolean(),
  /** The ref that leads to it, if no branch does; null if none leads to it. */
  ref: z.string().nullable(),
  source: z.enum(ORIGIN_SOURCES),
});
export type Origin = Readonly<z.infer<typeof originSchema>>;

/**
 * Who brought a finding. `writer`: a ref that only people with write access can move holds it, or a pull request that was
 * merged or is by such a person. `stranger`: only other pull requests hold it. `unknown`: GitHub does not say.
 */
export const HISTORY_TRUSTS = ["writer", "stranger", "unknown"] as const;
export type HistoryTrust = (typeof HISTORY_TRUSTS)[number];

/** One credential at one place of a history. Only one of a `writer` may be filed, or asked about at Stripe. */
export interface PastFinding {
  readonly finding: Finding;
  readonly origin: Origin;
  readonly trust: HistoryTrust;
  /** Numbers of the pull requests that hold it, where nothing else does. */
  readonly pulls: readonly number[];
}

/**
 * - `waiting`: its turn has not come
 * - `reading`: a process reads it now
 * - `read`: read, with gaps for what could not be
 * - `too_large`: larger than the operator's limit, so nothing of it was read
 * - `failed`: it could not be read yet, and is tried again
 */
export const HISTORY_STATES = ["waiting", "reading", "read", "too_large", "failed"] as const;
export type HistoryState = (typeof HISTORY_STATES)[number];
