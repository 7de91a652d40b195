/**
 * Base64 as it occurs in files: both alphabets, at any offset, in lines of eight digits or more, and once within itself.
 *
 * The digits are decoded in each of the four alignments, all lines of a block at once; only text that decodes to a prefix,
 * or to base64 of one, becomes a reading. So the work is a small multiple of the text, whatever its content, and does not
 * grow with the number of lines. Base64 of base64 of base64 is not read.
 */
import { BOUNDED_SHORT_PREFIXES, partsOf, SHORT_PREFIXES } from "./anchors.ts";
import { decodedReading, digitLinesIn } from "./digit-lines.ts";
import type { Form } from "./form.ts";
import { composeReadings } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { ANY_PREFIX } from "../kinds/prefix-pattern.ts";

const COMMON_PARTS = partsOf("common");
const RARE_PARTS = partsOf("rare");
const ALL_PARTS = [...COMMON_PARTS, ...RARE_PARTS];

const ANCHORS: readonly string[] = [
  ...COMMON_PARTS.flatMap((part) => base64Fragments(part).flatMap(halves)),
  // Within one line only: half of such a short piece would occur in any text.
  ...[...RARE_PARTS, ...BOUNDED_SHORT_PREFIXES, ...SHORT_PREFIXES].flatMap(base64Fragments).filter(isAnchor),
];
const NESTED_ANCHORS: readonly string[] = [
  ...COMMON_PARTS.flatMap((part) =>
    base64Fragments(part).flatMap((fragment) => base64Fragments(fragment).flatMap(halves)),
  ),
  ...RARE_PARTS.flatMap((part) => base64Fragments(part).flatMap(base64Fragments)).filter(isAnchor),
];
/** Anchors in decoded text that is itself base64 of a prefix. */
const NESTED = new RegExp(ALL_PARTS.flatMap(base64Fragments).join("|"));

const TOKENS = /(?:\\r)?\\n|[A-Za-z0-9+/_-]+/g;
/** The shortest credential has 17 bytes, `whsec_` and such a body at least 30. */
const MIN_DIGITS = 22;

export const BASE64: Form = {
  name: "base64",
  encodings: ["base64"],
  anchors: [...ANCHORS, ...NESTED_ANCHORS],
  before: 1024,
  after: 2048,
  read: readBase64,
  source: "RFC 4648, both alphabets, at any offset, wrapped, and once within itself.",
  examples: [
    { name: "Kubernetes Secret", encoding: "base64", write: (key) => `  stripe: ${base64(key)}\n` },
    { name: "Basic auth", encoding: "base64", write: (key) => `Authorization: Basic ${base64(`${key}:`)}` },
    { name: "inside a file, offset 1", encoding: "base64", write: (key) => base64(`A=1\n${key}\n`) },
    { name: "inside a file, offset 2", encoding: "base64", write: (key) => base64(`AB=1\n${key}\n`) },
    {
      name: "wrapped lines",
      encoding: "base64",
      write: (key) => wrapped(base64(`TOKEN_OF_MINE=${key}\nB=2\n`)),
    },
    {
      name: "URL alphabet",
      encoding: "base64",
      write: (key) => Buffer.from(`\u00ff?>"${key}`, "latin1").toString("base64url"),
    },
    { name: "twice", encoding: "base64", write: (key) => base64(base64(`K=${key}`)) },
  ],
};

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

function wrapped(text: string): string {
  return text.replace(/.{64}/g, "$&\n");
}

/** The digits that any base64 of a text containing `text` contains, for `text` at offsets 0, 1 and 2. */
function base64Fragments(text: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = base64("\0".repeat(offset) + text);
    const firstWhole = Math.ceil((offset * 8) / 6);
    const afterWhole = Math.floor(((offset + text.length) * 8) / 6);
    return encoded.slice(firstWhole, afterWhole);
  });
}

/**
 * Wherever a line break cuts a fragment of seven characters or more, one of its halves stays whole. A half that words
 * contain too (`doc2`) counts only with the break after it, or one character longer.
 */
function halves(fragment: string): readonly string[] {
  if (fragment.length < 7) return fragment.length < 5 ? [] : [fragment];
  const size = Math.ceil(fragment.length / 2);
  const left = fragment.slice(0, size);
  const lefts = /^[a-z]+[0-9]?$/.test(left)
    ? [fragment.slice(0, size + 1), `${left}\n`, `${left}\r`, `${left}\\`]
    : [left];
  return [...lefts, fragment.slice(-size)];
}

/** Four digits are enough if no word or number looks like them. */
function isAnchor(fragment: string): boolean {
  return fragment.length >= 5 || (fragment.length === 4 && /[a-z][A-Z]|[0-9][a-z]/.test(fragment));
}

function readBase64(text: string): readonly Reading[] {
  return readOnce(text).flatMap((outer) =>
    NESTED.test(outer.text)
      ? [outer, ...readOnce(outer.text).map((inner) => composeReadings(outer, inner))]
      : [outer],
  );
}

function readOnce(text: string): readonly Reading[] {
  const readings: Reading[] = [];
  for (const lines of digitLinesIn(text, TOKENS, MIN_DIGITS)) {
    for (let skip = 0; skip < 4; skip++) {
      const decoded = Buffer.from(lines.digits.slice(skip), "base64").toString("latin1");
      if (!ANY_PREFIX.test(decoded) && !NESTED.test(decoded)) continue;
      readings.push(decodedReading(lines, decoded, skip, 6, "base64"));
    }
  }
  return readings;
}
