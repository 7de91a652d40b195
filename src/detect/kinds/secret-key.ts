import { MAX_BODY } from "./anatomy.ts";
import { KEY_LENGTHS, keyAnatomy } from "./key-anatomy.ts";
import type { KindRule } from "./kind.ts";

export const SECRET_KEY: KindRule<"secret_key"> = {
  kind: "secret_key",
  name: "secret key",
  prefixes: [
    { text: "sk_live_", mode: "live" },
    { text: "sk_test_", mode: "test" },
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
  source: { certainty: "documented", where: "https://docs.stripe.com/keys" },
};
