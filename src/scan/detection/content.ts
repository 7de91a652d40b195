import type { Finding, Gap } from "../../domain/index.ts";
import type { Hunk } from "../../diff/index.ts";
import type { Unopened } from "./search-file.ts";

/** One text or file of a commit to search. Crosses to another thread, so it is plain data. */
export interface ContentRequest {
  /** Null if it is not a file, such as a commit message. */
  readonly path: string | null;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  readonly content:
    /** All of a file. */
    | {
        readonly kind: "whole";
        readonly bytes: Uint8Array;
        /** The new lines; null for all. Every finding inside an archive counts, whatever they say. */
        readonly hunks: readonly Hunk[] | null;
      }
    /** The changed parts of a file. */
    | { readonly kind: "hunks"; readonly hunks: readonly Hunk[] };
}

/** The findings of a search, redacted: safe to cross threads, to store and to log. */
export interface ContentScan {
  /** Of added content. `commit` is null; `path` is safe to show, and null if the request has none. */
  readonly findings: readonly Finding[];
  /** Parts that were not searched, and why. `commit` is null. */
  readonly gaps: readonly Gap[];
  /** Archives that are encrypted or damaged, whose bytes were searched as they are. */
  readonly unopened: readonly Unopened[];
  /** Hunks are not enough: there was a hit, a key may continue outside them, or the file is an archive. */
  readonly needsWhole: boolean;
  /** The work budget, or the memory, ran out; a gap says so too. */
  readonly isOverBudget: boolean;
}

/** Searches content. Rejects only on a defect. */
export type ScanContent = (request: ContentRequest) => Promise<ContentScan>;

/**
 * Work (anchors hit and bytes that readers look at) for one file with everything packed in it; the rest is a gap. An
 * ordinary megabyte of source takes a few thousand.
 */
export const MAX_CONTENT_WORK = 2 ** 24;

/** Findings reported for one content. More are a gap, and the check is red long before. */
export const MAX_CONTENT_FINDINGS = 5_000;
