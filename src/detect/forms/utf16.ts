import { SHORT_PREFIXES, STEMS } from "./anchors.ts";
import type { Form } from "./form.ts";
import type { Reading } from "./reading.ts";

/** Texts of 16-bit units whose other byte is zero, in both orders. The shortest credential has 13 characters. */
const LITTLE_ENDIAN = /(?:[\t\n\r -~]\0){13,}/g;
const BIG_ENDIAN = /(?:\0[\t\n\r -~]){13,}/g;

export const UTF16: Form = {
  name: "UTF-16",
  encodings: ["utf16"],
  // Two characters and a half are five bytes, rare enough, and the same in both orders.
  anchors: [...STEMS.map((stem) => stem.slice(0, 4)), ...SHORT_PREFIXES].map((text) =>
    Array.from(text).join("\0"),
  ),
  before: 128,
  after: 1280,
  read(text) {
    const readings: Reading[] = [];
    for (const order of [LITTLE_ENDIAN, BIG_ENDIAN])
      for (const run of text.matchAll(order)) readings.push(utf16Reading(run));

    return readings;
  },
  source: "Files that Windows tools write, PowerShell's redirection among them.",
  examples: [
    { name: "little endian", encoding: "utf16", write: (key) => `${Array.from(key).join("\0")}\0` },
    { name: "big endian", encoding: "utf16", write: (key) => `\0${Array.from(key).join("\0")}` },
  ],
};

function utf16Reading(run: RegExpExecArray): Reading {
  const first = run[0].startsWith("\0") ? 1 : 0;
  let text = "";
  for (let at = first; at < run[0].length; at += 2) text += run[0].charAt(at);
  return {
    text,
    spanOf: (from, to) => ({ start: run.index + 2 * from, end: run.index + 2 * to }),
    encodingOf: () => "utf16",
    joinAt: () => null,
    weakestJoin: () => null,
    isParted: () => false,
  };
}
