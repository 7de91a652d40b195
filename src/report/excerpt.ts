import { harmlessPart } from "./harmless.ts";
import { printable } from "./printable.ts";

/** The surroundings of a credential on its line: safe for a terminal and a public log, and short. */
export interface Excerpt {
  readonly before: string;
  /** The redacted credential. */
  readonly marked: string;
  readonly after: string;
}

/** Where a credential is on one line: UTF-16 code units from 0, `end` exclusive. */
export interface CredentialOnLine {
  readonly start: number;
  readonly end: number;
  readonly redacted: string;
}

/** Characters that are shown on either side of the credential. */
const MAX_SHOWN = 48;
/** Characters on either side that are looked at. */
const MAX_LOOKED_AT = 4096;

/**
 * The line around one credential, of which only words known to be harmless are shown.
 *
 * @param line the line, without its line end
 */
export function excerptOf(line: string, { start, end, redacted }: CredentialOnLine): Excerpt {
  const first = Math.max(0, start - MAX_LOOKED_AT);
  const next = endOfRun(line, end);
  const last = Math.min(line.length, next + MAX_LOOKED_AT);
  const before = harmlessPart(line.slice(first, start), first > 0 ? "start" : "neither");
  const after = harmlessPart(line.slice(next, last), last < line.length ? "end" : "neither");
  return {
    before: lastOf(printable(before).trimStart(), first > 0),
    marked: printable(redacted),
    after: firstOf(printable(after).trimEnd(), last < line.length),
  };
}

/** The end of the letters and digits that follow without a break: they may be the end of a longer key. */
function endOfRun(line: string, end: number): number {
  return end + (/^[0-9A-Za-z]*/.exec(line.slice(end))?.[0].length ?? 0);
}

function lastOf(text: string, cut: boolean): string {
  const characters = Array.from(text);
  const shown = characters.slice(-MAX_SHOWN).join("");
  return (cut || characters.length > MAX_SHOWN) && !shown.startsWith("…") ? `…${shown}` : shown;
}

function firstOf(text: string, cut: boolean): string {
  const characters = Array.from(text);
  const shown = characters.slice(0, MAX_SHOWN).join("");
  return (cut || characters.length > MAX_SHOWN) && !shown.endsWith("…") ? `${shown}…` : shown;
}
