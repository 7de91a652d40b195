import { accountFromId } from "./anatomy.ts";
import { mixed } from "./mixed.ts";
import type { Anatomy, KindRule } from "./kind.ts";

/** Ephemeral keys, and the session and connection tokens of Terminal. They live for minutes to hours. */
export const EPHEMERAL_KEY: KindRule<"ephemeral_key"> = {
  kind: "ephemeral_key",
  name: "ephemeral key",
  prefixes: [
    { text: "ek_live_", mode: "live" },
    { text: "ek_test_", mode: "test" },
    { text: "pss_live_", mode: "live" },
    { text: "pss_test_", mode: "test" },
    { text: "pst_live_", mode: "live" },
    { text: "pst_test_", mode: "test" },
    { text: "pst_", mode: null },
  ],
  isCommon: false,
  body: { characters: "0-9A-Za-z", min: 23, max: 247 },
  lengths: [],
  anatomy(run) {
    const account = accountWithin(run);
    if (account !== null)
      return { shape: "ephemeral, names an account", length: Math.min(run.length, 247), account };

    return mixed(run, 247);
  },
  assignment: null,
  examples: [{ length: 82, anatomy: false }],
  source: {
    certainty: "measured",
    where: "https://docs.stripe.com/terminal, fixtures of Stripe's mobile SDKs",
  },
};

/** The body of an `ek_` key is base64 of `acct_…,` and random bytes. */
function accountWithin(run: string): Anatomy["account"] {
  if (!run.startsWith("YWNjdF8")) return null;
  const decoded = Buffer.from(run.slice(0, 28), "base64").toString("latin1");
  return accountFromId(decoded.slice("acct_".length));
}
