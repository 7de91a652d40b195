import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

/** Signs the requests of a Stripe App's front end. */
export const APP_SECRET: KindRule = {
  kind: "app_secret",
  name: "Stripe App signing secret",
  prefixes: [{ text: "absec_", mode: null }],
  body: { characters: "0-9A-Za-z", min: 16, max: 247 },
  anatomy: (run) => mixed(run, 247),
  examples: [{ length: 32, anatomy: false }],
  source: {
    certainty: "documented",
    where: "https://docs.stripe.com/stripe-apps/build-backend (length: unknown)",
  },
};
