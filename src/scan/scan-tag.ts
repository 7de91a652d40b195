import type { CommitScan } from "../domain/index.ts";
import type { TagText } from "../source/index.ts";
import { scanContent as scanOnThisThread } from "./detection/index.ts";
import type { ScanContent } from "./detection/index.ts";

/** Scans the message and the tagger of an annotated tag, as a commit without files. */
export async function scanTag(
  sha: string,
  read: TagText,
  now: Date,
  scanContent: ScanContent = scanOnThisThread,
): Promise<CommitScan> {
  const empty = { sha, parents: [], files: 0, findings: [], gaps: [] };
  if (read.kind === "gap") return { ...empty, gaps: [read.gap] };
  const bytes = Buffer.from(read.text, "utf8");
  const { findings, gaps } = await scanContent({
    path: null,
    now,
    content: { kind: "whole", bytes, hunks: null },
  });
  return {
    ...empty,
    findings: findings.map((finding) => ({ ...finding, place: "tag_message", commit: sha })),
    gaps: gaps.map((gap) => ({ ...gap, commit: sha })),
  };
}
