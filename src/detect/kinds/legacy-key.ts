import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

const LENGTH = 32;

/** `STRIPE_SECRET_KEY=…`, `stripe.api_key = "…"`, `Stripe.setApiKey("…")`, from the word stripe on. */
const ASSIGNMENT =
  /stripe[\w.\->:[\]'"$]{0,24}?(?:secret|api|private|live|test)_?(?:api_?)?(?:key|token|secret)?["'\]]{0,2}\s{0,8}(?:[:=(]|=>|:=){1,2}\s{0,8}["'`]?([0-9A-Za-z]{32})(?![0-9A-Za-z_\-+/=])/iy;

/** Keys of Stripe's first years have no prefix: 32 base62 digits, reported only if the code passes them to Stripe. */
export const LEGACY_KEY: KindRule<"legacy_key"> = {
  kind: "legacy_key",
  name: "legacy key",
  prefixes: [],
  isCommon: false,
  body: { characters: "0-9A-Za-z", min: LENGTH, max: LENGTH },
  lengths: [LENGTH],
  anatomy: (run) => (run.length === LENGTH ? mixed(run, LENGTH) : null),
  assignment: {
    reach: 160,
    bodyAt(text, at) {
      ASSIGNMENT.lastIndex = at;
      const match = ASSIGNMENT.exec(text);
      return match === null ? -1 : at + match[0].length - LENGTH;
    },
    write: (body) => `STRIPE_SECRET_KEY=${body}`,
  },
  examples: [{ length: LENGTH, anatomy: false }],
  source: { certainty: "measured", where: "tests of Stripe's SDKs" },
};
