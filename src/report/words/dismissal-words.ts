import type { Dismissal } from "../../detect/index.ts";

const DISMISSAL_WORDS: Readonly<Record<Dismissal["reason"], string>> = {
  sample: "published sample",
  placeholder: "placeholder",
  other_vendor: "another vendor's key",
  identifier: "part of a longer name",
  masked: "already masked",
  pattern: "a pattern, not a key",
  publishable: "publishable key",
};

/** What it is instead of a leaked credential: `placeholder`. */
export function dismissalWords(reason: Dismissal["reason"]): string {
  return DISMISSAL_WORDS[reason];
}
