import { Secret } from "../domain/plain.ts";
import type { Detection } from "../detect/index.ts";
import { excerptOf } from "../report/command-line.ts";
import type { CredentialOnLine, Excerpt } from "../report/index.ts";
import { collectLines } from "./lines.ts";

/** Findings of one piece of text whose lines are shown; the rest is reported without. */
const MAX_EXCERPTS = 500;

/**
 * A redacted excerpt for each detection, in their order; null where none can be shown without risk.
 *
 * @param chunks the same bytes that the detections are from
 */
export function excerptsFor(
  detections: readonly Detection[],
  chunks: Iterable<Uint8Array>,
): readonly (Excerpt | null)[] {
  const shown = detections.slice(0, MAX_EXCERPTS);
  const lines = collectLines(chunks, new Set(shown.map((detection) => detection.line)));
  return detections.map((detection, index) => {
    const line = lines.get(detection.line);
    return line === undefined || index >= MAX_EXCERPTS ? null : excerptOnLine(line, detection);
  });
}

/** Null where the columns do not point into the line. */
function excerptOnLine(line: string, detection: Detection): Excerpt | null {
  const credential: CredentialOnLine = {
    start: detection.column - 1,
    end: detection.endLine === detection.line ? detection.endColumn - 1 : line.length,
    redacted: detection.secret.redacted,
  };
  const pointsIntoLine = credential.start < credential.end && credential.end <= line.length;
  return pointsIntoLine && isThere(line, credential, detection) ? excerptOf(line, credential) : null;
}

/**
 * Whether the columns point at the credential. Lines of UTF-16 are never shown: read as UTF-8 they are not what a
 * person would see.
 */
function isThere(line: string, { start, end }: CredentialOnLine, detection: Detection): boolean {
  switch (detection.encoding) {
    case "plain":
      return new Secret(line.slice(start, end), "").fingerprint === detection.secret.fingerprint;
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
