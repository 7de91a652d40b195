import type { Encoding } from "../../domain/index.ts";
import { LONG_BODY, MIDDLE_BODY, SHORT_BODY } from "../kinds/anatomy.ts";
import type { Dismissal } from "../detection.ts";
import { KIND_RULES } from "../kinds/index.ts";
import { isMixedCase } from "../kinds/mixed.ts";
import type { Anatomy, KindRule, Prefix } from "../kinds/kind.ts";
import { isPlaceholderToken } from "./placeholders.ts";
import type { Reading, Span } from "../forms/reading.ts";

/** A credential as a reader found it, before anybody judged whether it is one. */
export interface Candidate {
  readonly rule: KindRule;
  readonly prefix: Prefix;
  readonly anatomy: Anatomy;
  /** Exactly the credential's body, without a tail. */
  readonly body: string;
  /** Prefix and everything after it of which other vendors make their keys. */
  readonly token: string;
  /** A letter stands directly before the prefix, escapes decoded. */
  readonly withinName: boolean;
  readonly encoding: Encoding;
  readonly span: Span;
  /** The bytes of the text around it, as this form reads them: what base64 hides may name its owner. */
  readonly surroundings: string;
}

/** A prefix after which no credential stands, for a reason worth telling. */
export interface Dismissed {
  readonly reason: Dismissal["reason"];
  readonly explanation: string;
  readonly redacted: string;
  readonly span: Span;
  readonly encoding: Encoding;
  /** A `pk_` key, which says whose the keys beside it are. */
  readonly publishable: "certain" | "likely" | null;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly dismissed: readonly Dismissed[];
}

interface Known {
  readonly rule: KindRule;
  readonly prefix: Prefix;
  readonly run: RegExp;
}
const PREFIXES: ReadonlyMap<string, Known> = new Map(
  KIND_RULES.flatMap((rule) => {
    const run = new RegExp(`^[${rule.body.characters}]{0,512}`);
    return rule.prefixes.map((prefix) => [prefix.text, { rule, prefix, run }] as const);
  }),
);
const PUBLISHABLE = ["pk_live_", "pk_test_"];
/** The longest first: `oak_live_` before `oak_`. */
const ANY_PREFIX = [...PREFIXES.keys(), ...PUBLISHABLE].sort((a, b) => b.length - a.length).join("|");
const PREFIX = new RegExp(ANY_PREFIX, "g");

const BASE62_RUN = /^[0-9A-Za-z]{0,512}/;
const TOKEN = /^[0-9A-Za-z_\-+/=]{0,300}/;
/** Stars, bullets, ellipses (in UTF-8) and what programs write for a secret. */
const MASK =
  /^[0-9A-Za-z]{1,23}(?:\*{3}|(?:\xe2\x80\xa2){2}|\xe2\x80\xa6|\.{3}|(?:\xe2\x97\x8f){2}|#{4})|^(?:\*{3}|(?:\xe2\x80\xa2){2}|\[(?:masked|redacted|hidden|filtered)\]|<(?:masked|redacted|hidden)>)/i;
const REGULAR_EXPRESSION =
  /^(?:[0-9A-Za-z]{0,8}(?:\[[^\]\n]{1,60}\][+*{]?|\\{1,4}[wWSd]|\.[*+{]|\((?:\?|\[|\\))|\{\d)/;
const NOTHING = /^(?:\.{3}|\xe2\x80\xa6)/;

/**
 * Finds every prefix in what a form read, and what stands after it. Linear: bodies are read up to a limit.
 *
 * @param withUnlikely also pieces that join to a length that no key has: to redact is right where to report is not
 */
export function candidatesIn(reading: Reading, now: Date, withUnlikely = false): Found {
  const candidates: Candidate[] = [];
  const dismissed: Dismissed[] = [];
  const { text } = reading;
  let lastEnd = -1;
  for (const match of text.matchAll(PREFIX)) {
    const start = match.index;
    const from = start + match[0].length;
    const rest = text.slice(from, from + 512);
    const known = PREFIXES.get(match[0]);
    const run = runOf(rest, known?.run ?? BASE62_RUN);
    const token = TOKEN.exec(rest)?.[0] ?? "";
    const withinName = start !== lastEnd && /[A-Za-z]/.test(text.charAt(start - 1));
    const dismiss = (length: number, why: Omit<Dismissed, "span" | "encoding">): void => {
      const encoding = reading.encodingOf(start, from + length);
      // What joining pieces makes of a text that is no key says nothing about the text.
      if (encoding === null || encoding === "joined" || (withinName && why.publishable === null)) return;
      dismissed.push({ ...why, encoding, span: reading.spanOf(start, from + length) });
    };
    if (known === undefined) {
      if (run.length >= SHORT_BODY && !withinName) dismiss(run.length, publishable(match[0], run));
      continue;
    }
    const found =
      run.length < known.rule.body.min
        ? null
        : wholeOrJoined(reading, from, run, known.rule, now, withUnlikely);
    if (found !== null) {
      const end = from + found.length;
      const encoding = reading.encodingOf(start, end);
      if (encoding === null) continue;
      lastEnd = end;
      candidates.push({
        rule: known.rule,
        prefix: known.prefix,
        anatomy: found,
        body: run.slice(0, found.length),
        token: match[0] + token,
        withinName,
        encoding,
        span: reading.spanOf(start, end),
        surroundings:
          encoding === "base64" || encoding === "utf16" ? text.slice(Math.max(0, start - 256), end + 64) : "",
      });
      continue;
    }
    // Short prefixes without a mode begin many names, of which nobody wants to be told.
    if (known.prefix.mode === null && known.rule.kind !== "webhook_secret") continue;
    const redacted = `${match[0]}…`;
    if (MASK.test(rest)) {
      const explanation = "Most of the key is masked already.";
      dismiss(run.length, { reason: "masked", explanation, redacted, publishable: null });
    } else if (REGULAR_EXPRESSION.test(rest)) {
      const explanation = "A regular expression that describes keys.";
      dismiss(run.length, { reason: "pattern", explanation, redacted, publishable: null });
    } else if (NOTHING.test(rest) || isPlaceholderToken(token) || isVendorToken(token)) {
      const vendor = isVendorToken(token);
      dismiss(token.length, {
        reason: vendor ? "other_vendor" : "placeholder",
        explanation: vendor
          ? "Another vendor's key: hyphens or underscores where Stripe has none."
          : "Words where a key belongs.",
        redacted,
        publishable: null,
      });
    }
  }
  return { candidates, dismissed };
}

/** Keys that other vendors separate: Checkout.com's (a UUID) and Recharge's. */
function isVendorToken(token: string): boolean {
  return /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d+x\d+_[0-9a-f]{64})$/i.test(token);
}

/**
 * What the run says; a joined one also up to where a piece ends, for a list can go on after the key. A joined run
 * of a length that no key has is more often a coincidence than a key.
 */
function wholeOrJoined(
  reading: Reading,
  from: number,
  run: string,
  rule: KindRule,
  now: Date,
  withUnlikely: boolean,
): Anatomy | null {
  const whole = rule.anatomy(run, now);
  if (whole === null && withUnlikely && isMixedCase(run)) {
    return { shape: "prefix only", length: Math.min(run.length, rule.body.max), account: null };
  }
  if (whole === null || !isUnknown(whole)) return whole;
  for (const length of [LONG_BODY, MIDDLE_BODY, SHORT_BODY]) {
    if (run.length > length && reading.joinedAt(from + length))
      return rule.anatomy(run.slice(0, length), now);
  }
  if (withUnlikely) return whole;
  return reading.encodingOf(from, from + whole.length) === "joined" || reading.joinedAt(from) ? null : whole;
}

function isUnknown(anatomy: Anatomy): boolean {
  return anatomy.shape === "10 to 98" || anatomy.shape === "over 247";
}

/** The characters of a body; where the prefix of a next key follows without a gap, it is no part of it. */
function runOf(rest: string, pattern: RegExp): string {
  const run = pattern.exec(rest)?.[0] ?? "";
  const next = /(?:sk|rk|pk)$/.exec(run);
  return next !== null && /^_(?:live|test|org)_/.test(rest.slice(run.length, run.length + 6))
    ? run.slice(0, -2)
    : run;
}

function publishable(prefix: string, run: string): Omit<Dismissed, "span" | "encoding"> {
  const certain = (run.length === LONG_BODY && run.startsWith("51")) || run.length === MIDDLE_BODY;
  return {
    reason: "publishable",
    explanation: "A publishable key, made to be embedded in clients.",
    redacted: `${prefix}…${run.slice(-4)}`,
    publishable: certain ? "certain" : run.length === SHORT_BODY ? "likely" : null,
  };
}
