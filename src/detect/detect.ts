import { contextOf } from "./context.ts";
import type { Detected, Detection, Dismissal } from "./finding.ts";
import { judge } from "./judge.ts";
import { KIND_RULES } from "./kinds/index.ts";
import { positionsOf } from "./positions.ts";

/** Grows with every change that can alter a finding: commits are scanned again under a new version. */
export const DETECTOR_VERSION = "1";

/**
 * The day of this version of the detector, against which an account's creation is judged to lie in the past when
 * the caller gives no clock. This room reads none, so that the same text gives the same answer.
 */
const VERSION_DATE = new Date("2026-11-22T00:00:00Z");

const ANCHOR = /[sr]k_(?:live|test)_/g;

/**
 * Finds every Stripe credential in `bytes`.
 *
 * @param bytes any bytes: text in any encoding, or binary
 * @param path where the bytes are from, as context only; null for none
 * @param now against which an account "in the future" is judged
 */
export function detect(bytes: Uint8Array, path: string | null, now: Date = VERSION_DATE): Detected {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const context = contextOf(text, path);
  const detections: Detection[] = [];
  const dismissals: Dismissal[] = [];
  for (const match of text.matchAll(ANCHOR)) {
    for (const rule of KIND_RULES) {
      const prefix = rule.prefixes.find((prefix) => prefix.text === match[0]);
      if (prefix === undefined) continue;
      const from = match.index + prefix.text.length;
      const run = /^[0-9A-Za-z]*/.exec(text.slice(from, from + rule.body.max + 1))?.[0] ?? "";
      if (run.length < rule.body.min) continue;
      const anatomy = rule.anatomy(run, now);
      if (anatomy === null) continue;
      const body = run.slice(0, anatomy.length);
      const before = precedingCharacter(text, match.index);
      const judgement = judge({ rule, prefix, anatomy, body, before }, context);
      const [start, end] = positionsOf(bytes, [match.index, from + body.length]);
      if (start === undefined || end === undefined) continue;
      if (judgement.kind === "dismissal") {
        dismissals.push({ ...judgement.dismissal, ...start });
        continue;
      }
      const line = text.slice(match.index - (start.column - 1), text.indexOf("\n", from) >>> 0);
      detections.push({
        ...judgement.detection,
        encoding: before === "\n" && text[match.index - 1] === "n" ? "escaped" : "plain",
        ...start,
        endLine: end.line,
        endColumn: end.column,
        allowComment: line.includes("rollcall:allow"),
      });
    }
  }
  return { detections, dismissals };
}

/** The character before the prefix; the letter of an escape such as `\n` counts as the character it stands for. */
function precedingCharacter(text: string, at: number): string {
  return /\\[nrt]$/.test(text.slice(Math.max(0, at - 2), at)) ? "\n" : text.slice(Math.max(0, at - 1), at);
}

/** The text with every credential in it (also low confidence and samples) replaced by its redacted form. */
export function redactText(text: string): string {
  return text.replace(
    /[sr]k_(?:live|test)_[0-9A-Za-z]{10,}/g,
    (key) => `${key.slice(0, 8)}…${key.slice(-4)}`,
  );
}
