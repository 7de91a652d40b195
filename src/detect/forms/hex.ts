import { FIRST_WORDS, LAST_LETTERS, SHORT_PREFIXES, STEMS } from "./anchors.ts";
import { decodedReading, digitLinesIn } from "./digit-lines.ts";
import type { Form } from "./form.ts";
import type { Reading } from "./reading.ts";
import { ANY_PREFIX } from "../kinds/prefix-pattern.ts";

const TOKENS = /(?:\\r)?\\n|[0-9A-Fa-f]+/g;
/** Two digits for each byte of the shortest credential. */
const MIN_DIGITS = 34;

/** Bytes one by one, as programs list them: `73 6b 5f`, `73:6b:5f`, `0x73, 0x6b, 0x5f`. */
const SEPARATORS = [" ", ":", ", 0x", ",0x"];
const LISTED = /[0-9A-Fa-f]{2}(?:(?:[ :]|,\s{0,80}0x)[0-9A-Fa-f]{2}){16,}/g;

/** Anchors in a run of digits. */
const RUNS: readonly string[] = [...STEMS.map((stem) => stem.slice(0, 4)), ...SHORT_PREFIXES].flatMap(
  (text) => bothCases(hexOf(text)),
);

/** Among bytes one by one, of which any text with an underscore holds the anchor, the end of a first word too. */
const BEGINS_SOMEWHERE = new RegExp(
  [
    ...RUNS,
    ...new Set(
      FIRST_WORDS.map((word) =>
        Array.from(`${word.slice(-2)}_`, (character) => hexOf(character)).join("(?:[ :]|,\\s{0,80}0x)"),
      ),
    ),
  ].join("|"),
  "i",
);

export const HEX: Form = {
  name: "hexadecimal",
  encodings: ["hex"],
  anchors: [
    ...RUNS,
    ...LAST_LETTERS.flatMap((letter) =>
      SEPARATORS.flatMap((separator) =>
        bothCases(hexOf(letter)).flatMap((left) =>
          bothCases(hexOf("_")).map((right) => `${left}${separator}${right}`),
        ),
      ),
    ),
  ],
  isWorthReading: (text) => BEGINS_SOMEWHERE.test(text),
  before: 1024,
  after: 2048,
  read: (text) => [...readRuns(text), ...readLists(text)],
  source: "Literals and dumps of MySQL (0x…) and PostgreSQL (\\x…), xxd -p, and lists of bytes in programs.",
  examples: [
    {
      name: "MySQL",
      encoding: "hex",
      write: (key) => `INSERT INTO k VALUES (0x${hexOf(key).toUpperCase()});`,
    },
    { name: "PostgreSQL", encoding: "hex", write: (key) => `1\t\\\\x${hexOf(key)}\n` },
    { name: "xxd -p", encoding: "hex", write: (key) => `${hexOf(`K=${key}`).replace(/.{60}/g, "$&\n")}\n` },
    {
      name: "list of bytes",
      encoding: "hex",
      write: (key) => `{ ${Array.from(key, (one) => `0x${hexOf(one)}`).join(", ")} };`,
    },
  ],
};

function hexOf(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

function bothCases(text: string): readonly string[] {
  return [...new Set([text, text.toUpperCase()])];
}

function readRuns(text: string): readonly Reading[] {
  const readings: Reading[] = [];
  for (const lines of digitLinesIn(text, TOKENS, MIN_DIGITS)) {
    for (const skip of [0, 1]) {
      const end = lines.digits.length - ((lines.digits.length - skip) % 2);
      const decoded = Buffer.from(lines.digits.slice(skip, end), "hex").toString("latin1");
      if (ANY_PREFIX.test(decoded)) readings.push(decodedReading(lines, decoded, skip, 4, "hex"));
    }
  }
  return readings;
}

function readLists(text: string): readonly Reading[] {
  const readings: Reading[] = [];
  for (const list of text.matchAll(LISTED)) {
    const bytes = [...list[0].matchAll(/[0-9A-Fa-f]{2}/g)];
    const decoded = Buffer.from(bytes.map(([byte]) => byte).join(""), "hex").toString("latin1");
    if (!ANY_PREFIX.test(decoded)) continue;
    const placeOf = (byte: number): number => list.index + (bytes[byte]?.index ?? 0);
    readings.push({
      text: decoded,
      spanOf: (from, to) => ({ start: placeOf(from), end: placeOf(to - 1) + 2 }),
      encodingOf: () => "hex",
      joinAt: () => null,
      weakestJoin: () => null,
      isParted: () => false,
    });
  }
  return readings;
}
