import { Secret } from "../domain/index.ts";
import type { Detection } from "../detect/index.ts";
import { excerptOf } from "../report/index.ts";
import type { Excerpt, ColumnRange } from "../report/index.ts";
import { collectLines } from "./lines.ts";

/** Findings of one piece of text whose lines are shown; the rest is reported without. */
const SHOWN_FINDINGS = 500;

/**
 * A redacted excerpt for each detection, in their order; null where none can be shown without risk.
 *
 * @param chunks the same bytes that the detections are from
 */
export function excerptsFor(
  detections: readonly Detection[],
  chunks: Iterable<Uint8Array>,
): readonly (Excerpt | null)[] {
  const shown = detections.slice(0, SHOWN_FINDINGS);
  const lines = collectLines(chunks, new Set(shown.map((detection) => detection.line)));
  return detections.map((detection, index) => {
    const line = lines.get(detection.line);
    return line === undefined || index >= SHOWN_FINDINGS ? null : excerptOnLine(line, detection, detections);
  });
}

/** Every credential that touches the line is taken out of it, or the line is not shown. */
function excerptOnLine(line: string, subject: Detection, detections: readonly Detection[]): Excerpt | null {
  const spans: ColumnRange[] = [];
  let subjectSpan: ColumnRange | null = null;
  for (const detection of detections) {
    if (detection.line > subject.line || detection.endLine < subject.line) {
      continue;
    }
    const span = {
      start: detection.line === subject.line ? detection.column - 1 : 0,
      end: detection.endLine === subject.line ? detection.endColumn - 1 : line.length,
      redacted: detection.secret.redacted,
    };
    if (span.start >= span.end || span.end > line.length || !standsThere(line, span, detection)) {
      return null;
    }
    spans.push(span);
    subjectSpan = detection === subject ? span : subjectSpan;
  }
  return subjectSpan === null ? null : excerptOf(line, spans, subjectSpan);
}

/**
 * Whether the columns point at the credential. Lines of UTF-16 are never shown: read as UTF-8 they are not what a
 * person would see.
 */
function standsThere(line: string, span: ColumnRange, detection: Detection): boolean {
  switch (detection.encoding) {
    case "plain":
      return new Secret(line.slice(span.start, span.end), "").fingerprint === detection.secret.fingerprint;
    case "utf16":
      return false;
    case "escaped":
    case "url":
    case "base64":
    case "hex":
    case "joined":
      return true;
  }
}
