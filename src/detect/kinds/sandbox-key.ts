import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

/** The restricted key of a claimable sandbox. */
export const SANDBOX_KEY: KindRule<"sandbox_key"> = {
  kind: "sandbox_key",
  name: "sandbox key",
  prefixes: [{ text: "rkcs_test_", mode: "test" }],
  isCommon: false,
  body: { characters: "0-9A-Za-z", min: 16, max: 247 },
  lengths: [],
  anatomy: (run) => mixed(run, 247),
  assignment: null,
  examples: [{ length: 99, anatomy: false }],
  source: {
    certainty: "documented",
    where: "https://docs.stripe.com/sandboxes/claimable-sandboxes (length: unknown)",
  },
};
