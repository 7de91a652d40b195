import type { Annotation, Repository } from "local-github";
import { redactText } from "../src/detect/index.ts";
import type { CodeView } from "./chapter.ts";

const CONTEXT_LINES = 3;
/** Longer files are not shown. */
const MOST_BYTES = 1_000_000;

/**
 * The lines around an annotation in its commit. GitHub shows them as they are; here every credential
 * is cut, for the page is a file that people pass on.
 */
export async function codeUnder(
  repository: Repository,
  commit: string,
  annotation: Annotation,
): Promise<CodeView> {
  const { path, start_line: start, end_line: end } = annotation;
  // A line break would end the name in git's batch protocol.
  if (/[\n\0]/.test(path)) return [];
  const file = await repository.objects.read(`${commit}:${path}`);
  if (file === null || file.type !== "blob" || file.size > MOST_BYTES) return [];
  const lines = redactText(file.bytes.toString("utf8")).replace(/\n$/, "").split("\n");
  const first = Math.max(1, start - CONTEXT_LINES);
  return lines.slice(first - 1, end + CONTEXT_LINES).map((text, index) => {
    const number = first + index;
    const annotated = number >= start && number <= end;
    return { number, text: annotated ? withoutRuns(text) : text, annotated };
  });
}

/** What a decoder found (base64, pieces joined) is not cut by its shape: no long run of an annotated line stays. */
function withoutRuns(line: string): string {
  return line.replaceAll(/[A-Za-z0-9+/=%\\]{20,}/g, "…");
}
