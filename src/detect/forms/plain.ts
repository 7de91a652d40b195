import type { Reading } from "./reading.ts";
import type { Form } from "./form.ts";

/**
 * Every prefix contains one of these. `rt_` is too short to be one, so what may stand before it is part of it: a
 * letter there would make it the end of a longer name.
 */
export const PREFIX_ANCHORS: readonly string[] = [
  "k_live_",
  "k_test_",
  "k_org_",
  "whsec_",
  "oak_",
  "oart_",
  "absec_",
  "rkcs_",
  "pss_live_",
  "pss_test_",
  "pst_",
  ...Array.from("\"'`= \n\t:(>,[/\\;", (before) => `${before}rt_`),
];

/** Whether the first bytes are the prefix that only counts with a character before it: nothing is one too. */
export function beginsWithShortPrefix(bytes: Uint8Array): boolean {
  return bytes[0] === 0x72 && bytes[1] === 0x74 && bytes[2] === 0x5f;
}

export const PLAIN: Form = {
  name: "plain",
  encodings: ["plain"],
  anchors: PREFIX_ANCHORS,
  before: 64,
  after: 640,
  read: (text) => [plainReading(text)],
  source: "The key as Stripe shows it.",
  examples: [
    { name: "environment file", encoding: "plain", write: (key) => `STRIPE_KEY=${key}\n` },
    { name: "quoted", encoding: "plain", write: (key) => `key: "${key}",` },
    { name: "curl -u", encoding: "plain", write: (key) => `curl -u ${key}:` },
    { name: "parentheses", encoding: "plain", write: (key) => `(${key})` },
    { name: "list", encoding: "plain", write: (key) => `[${key},` },
    { name: "query", encoding: "plain", write: (key) => `?key=${key}&page=2` },
    { name: "XML", encoding: "plain", write: (key) => `<k>${key}</k>` },
  ],
};

function plainReading(text: string): Reading {
  return {
    text,
    spanOf: (start, end) => ({ start, end }),
    encodingOf: () => "plain",
    joinedAt: () => false,
  };
}
