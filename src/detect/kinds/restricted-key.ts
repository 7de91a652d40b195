import { MAX_BODY } from "./anatomy.ts";
import { KEY_LENGTHS, keyAnatomy } from "./key-anatomy.ts";
import type { KindRule } from "./kind.ts";

export const RESTRICTED_KEY: KindRule<"restricted_key"> = {
  kind: "restricted_key",
  name: "restricted key",
  prefixes: [
    { text: "rk_live_", mode: "live" },
    { text: "rk_test_", mode: "test" },
  ],
  isCommon: true,
  body: { characters: "0-9A-Za-z", min: 10, max: MAX_BODY },
  lengths: KEY_LENGTHS,
  anatomy: keyAnatomy,
  assignment: null,
  examples: [
    { length: 99, anatomy: true },
    { length: 34, anatomy: true },
    { length: 24, anatomy: false },
  ],
  source: { certainty: "documented", where: "https://docs.stripe.com/keys/restricted-api-keys" },
};
