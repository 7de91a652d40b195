import { composeReadings } from "./reading.ts";
import type { Origins, Reading } from "./reading.ts";
import { uniformReading } from "./decoded.ts";
import type { Form } from "./form.ts";

/** Parts of prefixes long enough to stand out in base64, of the kinds that leak in files, and of the rest. */
const PARTS = ["_live_", "_test_", "whsec_"];
const RARE_PARTS = ["oart_", "absec_", "oak_"];

const ANCHORS: readonly string[] = [
  ...PARTS.flatMap((part) => base64Fragments(part).flatMap(halves)),
  // Unwrapped only: a half of so little would stand in any text.
  ...RARE_PARTS.flatMap(base64Fragments).filter((fragment) => fragment.length >= 5),
];
const NESTED_ANCHORS: readonly string[] = PARTS.flatMap((part) =>
  base64Fragments(part).flatMap((fragment) => base64Fragments(fragment).flatMap(halves)),
);
const ANY_ANCHOR = new RegExp([...PARTS, ...RARE_PARTS].flatMap(base64Fragments).join("|"));

/** A line break as wrapped base64 has it, also as an escape, or in the next literal of a program. */
const WRAP =
  /^(?:(?:\\r)?\\n|[ \t]{0,8}\\?\r?\n[ \t>#*|]{0,80}|=\r?\n|["'][ \t]{0,8}[+.,\\]?[ \t]{0,8}\r?\n[ \t]{0,80}["'])$/;
const SHORTEST_LINE = 8;

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
      write: (key) => Buffer.from(`\u00ff?>${key}`, "latin1").toString("base64url"),
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

/** What every base64 text that contains `text` contains, for the offsets 0, 1 and 2 of `text` in it. */
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

function readBase64(text: string): readonly Reading[] {
  const once = readOnce(text);
  return once.flatMap((outer) =>
    ANY_ANCHOR.test(outer.text)
      ? [outer, ...readOnce(outer.text).map((inner) => composeReadings(outer, inner))]
      : [outer],
  );
}

interface Run {
  readonly from: number;
  readonly to: number;
}

function readOnce(text: string): readonly Reading[] {
  const readings: Reading[] = [];
  let lines: Run[] = [];
  const readLines = (): void => {
    for (const line of lines) readings.push(...readAligned(text, [line]));
    if (lines.length > 1) readings.push(...readAligned(text, lines));
    lines = [];
  };
  for (const token of text.matchAll(/(?:\\r)?\\n|[A-Za-z0-9+/_-]+/g)) {
    if (token[0].startsWith("\\")) continue;
    const run: Run = { from: token.index, to: token.index + token[0].length };
    const last = lines.at(-1);
    const goesOn =
      last !== undefined &&
      last.to - last.from >= SHORTEST_LINE &&
      run.from - last.to < 200 &&
      WRAP.test(text.slice(last.to, run.from));
    if (!goesOn) readLines();
    lines.push(run);
  }
  readLines();
  return readings;
}

/** Each of the four ways in which the digits can fall into groups. */
function readAligned(text: string, lines: readonly Run[]): readonly Reading[] {
  const digits = lines.map((line) => text.slice(line.from, line.to)).join("");
  if (digits.length < SHORTEST_LINE) return [];
  const places = new Uint32Array(digits.length);
  let next = 0;
  for (const line of lines) for (let at = line.from; at < line.to; at++) places[next++] = at;
  return [0, 1, 2, 3].map((skip) => {
    const decoded = Buffer.from(digits.slice(skip), "base64").toString("latin1");
    return uniformReading(decoded, originsOf(decoded.length, places, skip), "base64");
  });
}

function originsOf(length: number, places: Uint32Array, skip: number): Origins {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    starts[i] = places[skip + Math.floor((i * 4) / 3)] ?? 0;
    ends[i] = (places[skip + Math.ceil(((i + 1) * 4) / 3) - 1] ?? 0) + 1;
  }
  return { starts, ends };
}
