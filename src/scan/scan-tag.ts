import type { CommitScan } from "../domain/index.ts";
import { detect, toFinding } from "../detect/index.ts";
import type { TagText } from "../source/index.ts";

/** What the message and the tagger of an annotated tag hold, counted as a commit without files. */
export function scanTag(sha: string, read: TagText, now: Date): CommitScan {
  const empty = { sha, parents: [], files: 0, findings: [], gaps: [] };
  if (read.kind === "gap") return { ...empty, gaps: [read.gap] };
  const { detections } = detect(Buffer.from(read.text, "utf8"), null, now);
  return {
    ...empty,
    findings: detections.map((detection) =>
      toFinding(detection, { place: "tag_message", commit: sha, path: null }),
    ),
  };
}
