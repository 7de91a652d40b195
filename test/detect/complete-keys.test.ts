import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { createRandom, HEXADECIMAL } from "../../src/detect/kinds/random.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const KEYS = [
  key("sk_live_", bodyOf(99, 101)),
  key("sk_live_", bodyOf(34, 102)),
  key("sk_live_", bodyOf(24, 103)),
  key("rk_test_", bodyOf(24, 104)),
  key("sk_org_live_", bodyOf(150, 105)),
  key("sk_org_live_", bodyOf(60, 106)),
  key("whsec_", bodyOf(32, 107)),
  key("whsec_", createRandom(108)(HEXADECIMAL, 64)),
].map((credential) => [credential.replace(/[^_]*$/, `…${credential.length}`), credential] as const);

/** What follows a key that is complete in its literal, and is no part of it. */
const FOLLOWED: readonly (readonly [string, (credential: string) => string])[] = [
  ["a property", (k) => `{"stripe_org_key":"${k}","status":"active","apiVersion":"2020-08-27"}`],
  ["a property, with spaces", (k) => `{"stripe": "${k}", "apiVersion": "2020"}`],
  ["an argument", (k) => `new Stripe("${k}", "production")`],
  ["an argument that is an object", (k) => `new Stripe('${k}', { "apiVersion": "2020" })`],
  ["the next line", (k) => `stripe.constructEvent(req.body, sig, "${k}");\nlog("received");`],
  ["arguments on both sides", (k) => `stripe.constructEvent(body, "sig", "${k}", "abcdef");`],
  [
    "PHP, nested arrays",
    (k) => `['stripe' => ['secret' => '${k}', 'hook' => 'abc'], 'mode' => 'production']`,
  ],
  ["PHP, a list", (k) => `$stripe = ['${k}', 'production', 'abcdefghij'];`],
  ["a JSON list over lines", (k) => `{"stripe": ["abc", "${k}",\n "production",\n "apiVersion"]}`],
  ["a table with commas", (k) => `"stripe","${k}","production","x"\n"a","b"\n`],
  ["a list of YAML", (k) => `stripe:\n  - "${k}"\n  - "production"\n`],
  ["one literal a line", (k) => `stripe\n"${k}"\n"production"\n"abcdefghijklmnop"`],
  ["an environment file", (k) => `STRIPE=${k}\nMODE=production\n`],
  ["a path that is added", (k) => `stripe("${k}" + "/v1/charges")`],
  ["a word that is added", (k) => `stripe("${k}" + "suffix")`],
  ["a format of one argument", (k) => `stripe.Key = fmt.Sprintf("%s", "${k}")`],
  ["a variable before it", (k) => `os.Setenv("STRIPE_KEY", "${k}")`],
  ["a join near it", (k) => `["a", "b"].join(""); new Stripe("${k}", "production")`],
];

describe.each(FOLLOWED)("a complete key followed by %s is that key", (_, write) => {
  test.each(KEYS)("%s", (_, credential) => {
    const { detections } = detect(Buffer.from(write(credential)), null);
    expect(detections.map((found) => [found.secret.reveal(), found.encoding])).toEqual([
      [credential, "plain"],
    ]);
  });
});

test("one key has one fingerprint in an environment file and in JSON", () => {
  for (const [, credential] of KEYS) {
    const texts = FOLLOWED.map(([, write]) => write(credential));
    const fingerprints = texts.flatMap((text) =>
      detect(Buffer.from(text), null).detections.map((found) => found.secret.fingerprint),
    );
    expect(fingerprints).toHaveLength(texts.length);
    expect(new Set(fingerprints).size).toBe(1);
  }
});

test("a published sample before another literal is a sample", () => {
  const sample = key("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc");
  for (const [, write] of FOLLOWED) {
    const { detections, dismissals } = detect(Buffer.from(write(sample)), null);
    expect(detections).toEqual([]);
    expect(dismissals.map((one) => one.reason)).toEqual(["sample"]);
  }
});

describe("a comma joins nothing that does not prove itself", () => {
  const body = bodyOf(24, 109);
  test.each([
    ["a prefix and a word in a list", `["sk_live_", "${body}"]`, []],
    ["a prefix and an argument", `check("sk_live_", "${body}")`, []],
    ["two fields of an object", `{"a": "sk_live_", "b": "${body}"}`, []],
    ["a call that joins them", `["sk_live_", "${body}"].join("")`, [key("sk_live_", body)]],
    [
      "a call further on",
      `const parts = ["sk_live_", "${body}"];\nuse(parts.join(""));`,
      [key("sk_live_", body)],
    ],
    ["a certain shape", `["sk_live_", "${bodyOf(99, 110)}"]`, [key("sk_live_", bodyOf(99, 110))]],
  ])("%s", (_, text, expected) => {
    const { detections } = detect(Buffer.from(text), null);
    expect(detections.map((found) => found.secret.reveal())).toEqual(expected);
  });
});
