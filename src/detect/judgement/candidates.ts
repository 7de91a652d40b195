/**
 * Finds every prefix in a reading and takes the body after it. It does not judge: a candidate is judged when the whole
 * file is known. Linear: each body is read up to a limit, and no further than the next prefix.
 */
import type { Encoding } from "../../domain/index.ts";
import type { Grounds } from "../detection.ts";
import type { Reading, Span } from "../forms/reading.ts";
import { LONG_BODY, MIDDLE_BODY, SHORT_BODY } from "../kinds/anatomy.ts";
import { KNOWN_PREFIXES } from "../kinds/index.ts";
import type { Anatomy, KindRule, Prefix } from "../kinds/kind.ts";
import { PREFIX_ALTERNATIVES } from "../kinds/prefix-pattern.ts";
import { anatomyOf } from "./body.ts";
import { isWithinName, MAX_BEFORE } from "./boundary.ts";
import { whyNoKey } from "./no-key.ts";

/** A credential as a reader found it, before it is judged. */
export interface Candidate {
  readonly rule: KindRule;
  readonly prefix: Prefix;
  readonly anatomy: Anatomy;
  /** Exactly the credential's body, without a tail. */
  readonly body: string;
  /** The prefix, the characters after it that other vendors' keys may contain, and those directly before it. */
  readonly token: string;
  /** A part of a longer name, escapes decoded. */
  readonly withinName: boolean;
  readonly encoding: Encoding;
  readonly span: Span;
  /** The decoded text around it, if the file does not show it: text hidden in base64 may name its owner. */
  readonly surroundings: Surroundings | null;
}

/** Decoded text around a credential, and the credential's place in it. */
export interface Surroundings {
  readonly text: string;
  readonly span: Span;
}

/** Why no credential follows a prefix, and where: a dismissal whose line is unknown so far. */
export interface GroundsAt extends Grounds {
  readonly span: Span;
  readonly encoding: Encoding;
}

/** A `pk_` key of Stripe's, which says whose the keys near it are. Others have bodies of 24 too. */
export interface PublishableKey {
  readonly at: number;
  readonly certainty: "certain" | "likely";
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly dismissals: readonly GroundsAt[];
  readonly publishableKeys: readonly PublishableKey[];
}

interface Known {
  readonly rule: KindRule;
  readonly prefix: Prefix;
  readonly run: RegExp;
}
const PREFIXES: ReadonlyMap<string, Known> = new Map(
  KNOWN_PREFIXES.map(({ rule, prefix }) => [
    prefix.text,
    { rule, prefix, run: new RegExp(`^[${rule.body.characters}]{0,512}`) },
  ]),
);
const PREFIX = new RegExp(PREFIX_ALTERNATIVES, "g");
/** Characters of a prefix that no body ends like. */
const MIN_NEXT = 4;
const NEXT_PREFIX = new RegExp(
  PREFIX_ALTERNATIVES.split("|")
    .filter((prefix) => prefix.length >= MIN_NEXT)
    .join("|"),
);

const BASE62_RUN = /^[0-9A-Za-z]{0,512}/;
const TOKEN = /^[0-9A-Za-z_\-+/=]{0,300}/;
const MAX_REST = 512;
/** Decoded text before and after a credential in which its owner is looked for. */
const SURROUNDINGS = { before: 256, after: 64 };

/** @param withUnlikely also pieces that join to a length that no key has, for redaction */
export function candidatesIn(reading: Reading, now: Date, withUnlikely = false): Found {
  const candidates: Candidate[] = [];
  const dismissals: GroundsAt[] = [];
  const publishableKeys: PublishableKey[] = [];
  const { text } = reading;
  let lastEnd = -1;
  const prefixes = text.matchAll(PREFIX);
  for (let match = prefixes.next().value, next; match !== undefined; match = next) {
    next = prefixes.next().value;
    const [prefix] = match;
    const start = match.index;
    const from = start + prefix.length;
    // One prefix directly after another has no body.
    if (next?.index === from && next[0].length >= MIN_NEXT) continue;
    const known = PREFIXES.get(prefix);
    if (known !== undefined && isOfNoInterest(known, text, from)) continue;
    const rest = restBefore(next, text, from);
    const run = (known?.run ?? BASE62_RUN).exec(rest)?.[0] ?? "";
    const before = text.slice(Math.max(0, start - MAX_BEFORE), start);
    const isNamePart = (length: number): boolean =>
      start !== lastEnd && !beginsPiece(reading, start) && isWithinName(before, length);
    if (known === undefined) {
      const end = from + run.length;
      const encoding = reading.encodingOf(start, end);
      if (run.length < SHORT_BODY || encoding === null || encoding === "joined" || isNamePart(end - start))
        continue;
      const span = reading.spanOf(start, end);
      dismissals.push({ ...publishable(prefix, run), span, encoding });
      const certainty = certaintyOf(run);
      if (certainty !== null) publishableKeys.push({ at: span.start, certainty });
      continue;
    }
    const { rule } = known;
    const anatomy =
      run.length < rule.body.min ? null : anatomyOf(reading, start, from, run, rule, now, withUnlikely);
    const token = TOKEN.exec(rest)?.[0] ?? "";
    if (anatomy !== null) {
      const end = from + anatomy.length;
      const encoding = reading.encodingOf(start, end);
      if (encoding === null) continue;
      const withinName = isNamePart(end - start);
      lastEnd = end;
      candidates.push({
        rule,
        prefix: known.prefix,
        anatomy,
        body: run.slice(0, anatomy.length),
        token: `${before.slice(-3)}${prefix}${token}`,
        withinName,
        encoding,
        span: reading.spanOf(start, end),
        surroundings: hidesItsText(encoding) ? surroundingsOf(text, start, end) : null,
      });
      continue;
    }
    if (beginsNames(known)) continue;
    const grounds = whyNoKey(prefix, rest, token);
    if (grounds === null || isNamePart(prefix.length + token.length)) continue;
    const length = grounds.reason === "masked" || grounds.reason === "pattern" ? run.length : token.length;
    const encoding = reading.encodingOf(start, from + length);
    // A joined text that is not a key says nothing about the source.
    if (encoding === null || encoding === "joined") continue;
    dismissals.push({ ...grounds, span: reading.spanOf(start, from + length), encoding });
  }
  return { candidates, dismissals, publishableKeys };
}

/** Short prefixes without a mode begin many names, of which nothing is told. */
function beginsNames({ rule, prefix }: Known): boolean {
  return prefix.mode === null && !rule.isCommon;
}

function isOfNoInterest(known: Known, text: string, from: number): boolean {
  const { min } = known.rule.body;
  return beginsNames(known) && (known.run.exec(text.slice(from, from + min))?.[0].length ?? 0) < min;
}

/** Whether a literal or a line begins at an offset, or something invisible stood before it: a name does not go on over that. */
function beginsPiece(reading: Reading, at: number): boolean {
  return reading.isParted(at) || reading.joinAt(at) !== null;
}

/** What stands after a prefix that ends before `from`: where the next one follows without a gap, it is no part of this body. */
function restBefore(next: RegExpExecArray | undefined, text: string, from: number): string {
  const rest = text.slice(from, from + MAX_REST);
  if (next === undefined || next.index >= from + MAX_REST) return rest;
  const end = next[0].length >= MIN_NEXT ? next.index - from : rest.search(NEXT_PREFIX);
  return end === -1 ? rest : rest.slice(0, end);
}

function hidesItsText(encoding: Encoding): boolean {
  return encoding === "base64" || encoding === "utf16" || encoding === "hex";
}

function surroundingsOf(text: string, start: number, end: number): Surroundings {
  const from = Math.max(0, start - SURROUNDINGS.before);
  return {
    text: text.slice(from, end + SURROUNDINGS.after),
    span: { start: start - from, end: end - from },
  };
}

function certaintyOf(run: string): PublishableKey["certainty"] | null {
  if ((run.length === LONG_BODY && run.startsWith("51")) || run.length === MIDDLE_BODY) return "certain";
  return run.length === SHORT_BODY ? "likely" : null;
}

function publishable(prefix: string, run: string): Grounds {
  return {
    reason: "publishable",
    explanation: "A publishable key, made to be embedded in clients.",
    redacted: `${prefix}…${run.slice(-4)}`,
  };
}
