import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

const LENGTH = 48;

/** The refresh token of Connect's OAuth. The prefix is short, so only the exact length counts. */
export const CONNECT_TOKEN: KindRule<"connect_token"> = {
  kind: "connect_token",
  name: "Connect refresh token",
  prefixes: [{ text: "rt_", mode: null }],
  isCommon: false,
  body: { characters: "0-9A-Za-z", min: LENGTH, max: LENGTH },
  lengths: [LENGTH],
  anatomy: (run) => (run.length === LENGTH ? mixed(run, LENGTH) : null),
  assignment: null,
  examples: [{ length: LENGTH, anatomy: false }],
  source: { certainty: "documented", where: "https://docs.stripe.com/connect/oauth-reference" },
};
