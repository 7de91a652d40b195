import { redact } from "../domain/index.ts";
import { candidatesIn } from "./judgement/candidates.ts";
import { VERSION_DATE } from "./detect.ts";
import { FORMS } from "./forms/index.ts";
import { beginsWithShortPrefix } from "./forms/plain.ts";
import { LEGACY_KEY } from "./kinds/legacy-key.ts";
import { compilePatterns } from "./engine/pattern-search.ts";

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly redacted: string;
}

const SEARCH = compilePatterns([
  ...new Set(FORMS.flatMap((form) => form.anchors)),
  "stripe",
  "Stripe",
  "STRIPE",
]);

/**
 * The text with every credential in it, in whatever form, replaced by its redacted form; also those of low
 * confidence, samples and other vendors' keys. Makes commit messages, names and paths safe to show and to log.
 */
export function redactText(text: string): string {
  // One character stays one character, so that places in both are the same.
  const latin1 = text.replace(/[\u0100-\uffff]/g, "\x80");
  if (!hasAnchor(latin1)) return text;
  let redacted = "";
  let from = 0;
  for (const cut of cutsIn(latin1)) {
    if (cut.end <= from) continue;
    redacted += text.slice(from, Math.max(from, cut.start)) + cut.redacted;
    from = cut.end;
  }
  return redacted + text.slice(from);
}

function hasAnchor(latin1: string): boolean {
  const bytes = Buffer.from(latin1, "latin1");
  let has = beginsWithShortPrefix(bytes);
  SEARCH.search(bytes, 0, bytes.length, () => {
    has = true;
  });
  return has;
}

function cutsIn(latin1: string): readonly Cut[] {
  const cuts: Cut[] = [];
  const now = new Date(VERSION_DATE);
  for (const form of FORMS) {
    for (const reading of form.read(latin1)) {
      for (const { prefix, body, span } of candidatesIn(reading, now, true).candidates) {
        // What follows without a gap may be the rest of it.
        const tail = /^[0-9A-Za-z]*/.exec(latin1.slice(span.end))?.[0].length ?? 0;
        cuts.push({
          start: span.start,
          end: span.end + tail,
          redacted: redact(prefix.text + body, prefix.text),
        });
      }
    }
  }
  for (const word of latin1.matchAll(/stripe/gi)) {
    const at = LEGACY_KEY.assignment?.bodyAt(latin1, word.index) ?? -1;
    if (at !== -1) cuts.push({ start: at, end: at + 32, redacted: redact(latin1.slice(at, at + 32), "") });
  }
  // The longest of those that begin together.
  return cuts.sort((a, b) => a.start - b.start || b.end - a.end);
}
