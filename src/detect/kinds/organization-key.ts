import type { KindRule } from "./kind.ts";

/** Reported, not documented: Stripe prints no sample of one. */
export const ORGANIZATION_KEY: KindRule<"organization_key"> = {
  kind: "organization_key",
  name: "organization key",
  prefixes: [
    { text: "sk_org_live_", mode: "live" },
    { text: "sk_org_test_", mode: "test" },
  ],
  isCommon: true,
  body: { characters: "0-9A-Za-z", min: 20, max: 400 },
  lengths: [],
  anatomy: (run) => ({
    shape: run.length >= 100 ? "organization, 100 or more" : "organization, shorter",
    length: Math.min(run.length, 400),
    account: null,
  }),
  assignment: null,
  examples: [
    { length: 150, anatomy: false },
    { length: 60, anatomy: false },
  ],
  source: {
    certainty: "reported",
    where: "https://docs.stripe.com/keys#organization-api-keys (length: reported)",
  },
};
