import type { Finding, Gap } from "../../domain/index.ts";
import type { Hunk } from "../../diff/index.ts";
import type { Unopened } from "./search-file.ts";

/** One text or file of a commit to search. Crosses to another thread, so it is plain data. */
export interface ContentRequest {
  /** Null for what is no file, such as a commit message. */
  readonly path: string | null;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  readonly content:
    /** All of a file. */
    | {
        readonly kind: "whole";
        readonly bytes: Uint8Array;
        /** What of it is new; null for all. What is found inside an archive counts whatever they say. */
        readonly hunks: readonly Hunk[] | null;
      }
    /** The changed parts of a file. */
    | { readonly kind: "hunks"; readonly hunks: readonly Hunk[] };
}

/** What a search found, redacted: safe to cross threads, to keep and to log. */
export interface ContentScan {
  /** Of added content. `commit` is null; `path` is as it may be shown, and null where the request has none. */
  readonly findings: readonly Finding[];
  /** Why not all of it was searched. `commit` is null. */
  readonly gaps: readonly Gap[];
  /** Archives that are encrypted or damaged, whose bytes were searched as they are. */
  readonly unopened: readonly Unopened[];
  /** Hunks alone do not tell: something was hit, or may be joined with what stands outside of them, or it is an archive. */
  readonly needsWhole: boolean;
  /** The work budget, or the memory, ran out; a gap says so too. */
  readonly isOverBudget: boolean;
}

/** Searches content. Rejects only on a defect. */
export type ScanContent = (request: ContentRequest) => Promise<ContentScan>;

/**
 * Work (anchors hit and bytes that readers look at) for one file with all that is packed in it; the rest is a gap. An
 * ordinary megabyte of source takes a few thousand.
 */
export const MAX_CONTENT_WORK = 2 ** 24;

/** Findings that one content is reported with. More are a gap, and the check is red long before. */
export const MAX_CONTENT_FINDINGS = 5_000;
