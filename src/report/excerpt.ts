import { redactText } from "../detect/index.ts";
import { printable } from "./printable.ts";

/** A line of source with every credential on it redacted, safe for a terminal, and short enough for one. */
export interface Excerpt {
  readonly before: string;
  /** The redacted credential that the excerpt is about. */
  readonly marked: string;
  readonly after: string;
}

/** Where a credential stands on one line: UTF-16 code units from 0, `end` exclusive. */
export interface ColumnRange {
  readonly start: number;
  readonly end: number;
  readonly redacted: string;
}

/** Characters that are shown on either side of the credential. */
const SHOWN = 48;
/**
 * Characters on either side that are looked through for what else must not be shown. Longer than any credential, so
 * that none is cut by the window and escapes `redactText`.
 */
const WINDOW = 4096;

/**
 * The line around one credential. All `spans` are taken out by position, whatever form the credentials have there;
 * what is left between them goes through `redactText`, so that a key the spans do not name (a sample, another
 * vendor's) is not shown either.
 *
 * @param line the line, without its line end
 * @param spans every credential on that line, `subject` among them
 */
export function excerptOf(line: string, spans: readonly ColumnRange[], subject: ColumnRange): Excerpt {
  const others = spans.filter((span) => span !== subject);
  const before = hidden(line, Math.max(0, subject.start - WINDOW), subject.start, others);
  const after = hidden(
    line,
    endOfRun(line, subject.end),
    Math.min(line.length, subject.end + WINDOW),
    others,
  );
  return {
    before: lastOf(printable(before).trimStart(), subject.start > WINDOW),
    marked: printable(subject.redacted),
    after: firstOf(printable(after).trimEnd(), line.length > subject.end + WINDOW),
  };
}

/**
 * Where the run of letters and digits ends that the credential may be cut from: what is taken for a tail could be the
 * end of a longer key.
 */
function endOfRun(line: string, end: number): number {
  return end + (/^[0-9A-Za-z]*/.exec(line.slice(end, end + WINDOW))?.[0].length ?? 0);
}

/** `line[from..to)` with the spans in it replaced. */
function hidden(line: string, from: number, to: number, spans: readonly ColumnRange[]): string {
  let text = "";
  let position = from;
  const inOrder = spans
    .filter((span) => span.end > from && span.start < to)
    .sort((left, right) => left.start - right.start || left.end - right.end);
  for (const span of inOrder) {
    if (span.start > position) {
      text += redactText(line.slice(position, span.start));
    }
    if (span.end > position) {
      text += span.redacted;
      position = Math.min(to, endOfRun(line, span.end));
    }
  }
  return position < to ? text + redactText(line.slice(position, to)) : text;
}

function lastOf(text: string, cut: boolean): string {
  const characters = Array.from(text);
  return characters.length > SHOWN || cut ? `…${characters.slice(-SHOWN).join("")}` : text;
}

function firstOf(text: string, cut: boolean): string {
  const characters = Array.from(text);
  return characters.length > SHOWN || cut ? `${characters.slice(0, SHOWN).join("")}…` : text;
}
