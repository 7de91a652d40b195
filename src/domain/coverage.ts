import { z } from "zod";

/** Why something of a scope was not read. `gapText` has the message of each. */
export const GAP_REASONS = [
  "too_large",
  "no_patch",
  "unavailable",
  "timeout",
  "too_many_commits",
  "too_many_files",
  "too_many_bytes",
  "too_many_findings",
  "git_failed",
  "api_failed",
  "unreadable",
  "special_file",
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** Something that should have been read and was not. `detail` contains nothing from the repository. */
export const gapSchema = z.strictObject({
  reason: z.enum(GAP_REASONS),
  commit: z.string().nullable(),
  path: z.string().nullable(),
  /** One short sentence for a person, such as "11.2 MB, the limit is 10 MB"; empty for none. */
  detail: z.string(),
  /** Object id of the unread content, if it is known. */
  blob: z.string().optional(),
});
export type Gap = Readonly<z.infer<typeof gapSchema>>;

/** A gap. Commit and path are null, and the detail is empty, unless given. */
export function gapOf(gap: {
  readonly reason: GapReason;
  readonly commit?: string | null;
  readonly path?: string | null;
  readonly detail?: string;
  readonly blob?: string;
}): Gap {
  const { reason, commit = null, path = null, detail = "", blob } = gap;
  return { reason, commit, path, detail, ...(blob === undefined ? {} : { blob }) };
}

/** An archive whose bytes were searched as they are, because it is encrypted or damaged. No gap: nothing opens it. */
export const unopenedSchema = z.strictObject({
  commit: z.string(),
  /** As it may be shown. */
  path: z.string(),
  reason: z.enum(["damaged", "encrypted", "unsupported"]),
});
export type UnopenedArchive = Readonly<z.infer<typeof unopenedSchema>>;

/** How much of a scope was read. Complete exactly when there is no gap. */
export const coverageSchema = z.strictObject({
  commits: z.int().nonnegative(),
  files: z.int().nonnegative(),
  gaps: z.array(gapSchema),
  unopened: z.array(unopenedSchema).optional(),
});
export interface Coverage {
  readonly commits: number;
  readonly files: number;
  readonly gaps: readonly Gap[];
  /** Missing where there is none. */
  readonly unopened?: readonly UnopenedArchive[] | undefined;
}

export function isComplete(coverage: Coverage): boolean {
  return coverage.gaps.length === 0;
}

/** Reasons that reading again cannot overcome. A person may accept only such a gap. */
const PERMANENT: ReadonlySet<GapReason> = new Set(["too_large", "special_file", "unreadable"]);

/** Names the subject of a gap: by blob if it is known, because the same content may be in many commits. */
export function subjectOfGap(gap: Gap): string | null {
  if (gap.blob !== undefined) return gap.blob;
  return gap.commit === null || gap.path === null ? null : `${gap.commit}:${gap.path}`;
}

/** Whether a person may accept the gap: it names one file, and no retry can read it. */
export function canBeAccepted(gap: Gap): boolean {
  return PERMANENT.has(gap.reason) && subjectOfGap(gap) !== null;
}
