import { PLAIN_ANCHORS, SHORT_PREFIXES } from "./anchors.ts";
import type { Form } from "./form.ts";
import { plainReading } from "./reading.ts";

/** Whether the text that begins at an offset begins with a prefix that otherwise needs a character before it. */
export function beginsWithShortPrefix(bytes: Uint8Array, from = 0): boolean {
  for (const prefix of SHORT_PREFIX_BYTES) {
    if (prefix[0] !== bytes[from]) continue;
    if (prefix.every((byte, at) => bytes[from + at] === byte)) return true;
  }
  return false;
}

const SHORT_PREFIX_BYTES: readonly Uint8Array[] = SHORT_PREFIXES.map((prefix) =>
  Buffer.from(prefix, "latin1"),
);

export const PLAIN: Form = {
  name: "plain",
  encodings: ["plain"],
  anchors: PLAIN_ANCHORS,
  before: 128,
  after: 640,
  read: (text) => [plainReading(text)],
  source: "The key as Stripe shows it.",
  examples: [
    { name: "environment file", encoding: "plain", write: (key) => `STRIPE_KEY=${key}\n` },
    { name: "quoted", encoding: "plain", write: (key) => `key: "${key}",` },
    { name: "curl -u", encoding: "plain", write: (key) => `curl -u ${key}:` },
    { name: "curl -u without a space", encoding: "plain", write: (key) => `curl -u${key}:` },
    { name: "Bearer without a space", encoding: "plain", write: (key) => `Authorization: Bearer${key}` },
    { name: "terminal colours", encoding: "plain", write: (key) => `key \u001b[33m${key}\u001b[0m` },
    { name: "parentheses", encoding: "plain", write: (key) => `(${key})` },
    { name: "list", encoding: "plain", write: (key) => `[${key},` },
    { name: "query", encoding: "plain", write: (key) => `?key=${key}&page=2` },
    { name: "XML", encoding: "plain", write: (key) => `<k>${key}</k>` },
  ],
};
