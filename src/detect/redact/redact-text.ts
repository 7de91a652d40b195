/**
 * Removes every credential from a text that is shown or logged: commit messages, names, paths, lines of source. It reads the
 * text as a person would, so it ignores invisible characters, and it removes more than is ever reported: samples, other
 * vendors' keys, prefixes in another spelling, bodies without a prefix, base64 within base64.
 */
import { VERSION_DATE } from "../clock.ts";
import { compilePatterns } from "../engine/pattern-search.ts";
import { FORMS } from "../forms/index.ts";
import { beginsWithShortPrefix } from "../forms/plain.ts";
import { candidatesIn } from "../judgement/candidates.ts";
import { redact } from "../../domain/plain.ts";
import type { Cut } from "./cut.ts";
import { looseCutsIn } from "./loose-cuts.ts";
import { nestedBase64In } from "./nested-base64.ts";
import { visibleText } from "./visible-text.ts";

const SEARCH = compilePatterns([...new Set(FORMS.flatMap((form) => form.anchors))]);

/**
 * The text with every credential in it, in whatever form, replaced by its redacted form. Text without one comes back
 * as it is.
 */
export function redactText(text: string): string {
  const visible = visibleText(text);
  let redacted = "";
  let from = 0;
  for (const cut of cutsIn(visible.latin1)) {
    const start = visible.originOf(cut.start);
    const end = visible.originOf(cut.end - 1) + 1;
    if (end <= from) continue;
    redacted += text.slice(from, Math.max(from, start)) + cut.redacted;
    from = end;
  }
  return redacted + text.slice(from);
}

/** In order; the longest of those that begin together first. */
function cutsIn(latin1: string): readonly Cut[] {
  return [...formCutsIn(latin1), ...looseCutsIn(latin1), ...nestedBase64In(latin1)].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  );
}

function formCutsIn(latin1: string): readonly Cut[] {
  if (!hasAnchor(latin1)) return [];
  const cuts: Cut[] = [];
  const now = new Date(VERSION_DATE);
  for (const form of FORMS) {
    for (const reading of form.read(latin1)) {
      for (const { prefix, body, span } of candidatesIn(reading, now, true).candidates) {
        // Characters that follow directly may be the rest of it.
        const tail = /^[0-9A-Za-z]*/.exec(latin1.slice(span.end))?.[0].length ?? 0;
        const redacted = redact(prefix.text + body, prefix.text);
        cuts.push({ start: span.start, end: span.end + tail, redacted });
      }
    }
  }
  return cuts;
}

function hasAnchor(latin1: string): boolean {
  const bytes = Buffer.from(latin1, "latin1");
  let has = beginsWithShortPrefix(bytes);
  SEARCH.search(bytes, 0, bytes.length, () => {
    has = true;
  });
  return has;
}
