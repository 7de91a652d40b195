import { mixed } from "./mixed.ts";
import type { KindRule } from "./kind.ts";

/** OAuth access and refresh tokens of the Stripe CLI, of live accounts too. */
export const CLI_TOKEN: KindRule<"cli_token"> = {
  kind: "cli_token",
  name: "Stripe CLI token",
  prefixes: [
    { text: "oak_live_", mode: "live" },
    { text: "oak_test_", mode: "test" },
    { text: "oak_", mode: null },
    { text: "oart_live_", mode: "live" },
    { text: "oart_test_", mode: "test" },
    { text: "oart_", mode: null },
  ],
  isCommon: false,
  body: { characters: "0-9A-Za-z_", min: 20, max: 247 },
  lengths: [],
  anatomy: (run) => mixed(run, 247),
  assignment: null,
  examples: [{ length: 48, anatomy: false }],
  source: { certainty: "reported", where: "the open source of stripe-cli, and other scanners" },
};
