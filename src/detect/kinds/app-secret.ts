import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

/** Signs the requests of a Stripe App's front end. */
export const APP_SECRET: KindRule<"app_secret"> = {
  kind: "app_secret",
  name: "Stripe App signing secret",
  prefixes: [{ text: "absec_", mode: null }],
  isCommon: false,
  body: { characters: "0-9A-Za-z", min: 16, max: 247 },
  lengths: [],
  anatomy: (run) => mixed(run, 247),
  assignment: null,
  examples: [{ length: 32, anatomy: false }],
  source: {
    certainty: "documented",
    where: "https://docs.stripe.com/stripe-apps/build-backend (length: unknown)",
  },
};
