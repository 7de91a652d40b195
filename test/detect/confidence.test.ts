import { expect, test } from "vitest";
import type { Confidence } from "../../src/domain/index.ts";
import { CONFIDENCE } from "../../src/detect/kinds/confidence.ts";
import { detect } from "../../src/detect/index.ts";
import { accountPart, bodyOf, createRandom, HEX, key } from "../../fixtures/keys.ts";
import { bytesOf } from "../support/bytes.ts";

const random = createRandom(11);
const past = "6K0aB";
const future = "zzzzz";
const tail = random.text(8);
const middle = random.text(72);

/** The confidence alone, with Stripe's context, with another vendor's, and with Stripe's own variable or SDK. */
const TABLE: readonly (readonly [
  shape: string,
  credential: string,
  alone: Confidence,
  stripe: Confidence,
  vendor: Confidence,
  own?: Confidence,
])[] = [
  [
    "99, all three",
    key("sk_live_", `${accountPart(past, random)}${middle}00${tail}`),
    "certain",
    "certain",
    "certain",
  ],
  [
    "99, two of three",
    key("sk_live_", `${accountPart(future, random)}${middle}00${tail}`),
    "high",
    "certain",
    "high",
  ],
  [
    "99, two of three",
    key("rk_live_", `${accountPart(past, random)}${middle}1z${tail}`),
    "high",
    "certain",
    "high",
  ],
  ["99, fewer", key("sk_live_", `4${random.text(88)}00${tail}`), "medium", "high", "low"],
  ["99, fewer", key("sk_test_", `${accountPart(future, random)}${middle}1z${tail}`), "medium", "high", "low"],
  ["34 with 00", key("rk_test_", bodyOf(34, 3)), "high", "certain", "high"],
  ["34 without 00", key("sk_live_", `${random.text(24)}1z${tail}`), "medium", "high", "low"],
  ["24", key("sk_live_", bodyOf(24, 4)), "medium", "high", "low"],
  ["organization, 100 or more", key("sk_org_live_", bodyOf(150, 5)), "high", "certain", "medium"],
  ["organization, shorter", key("sk_org_live_", bodyOf(60, 6)), "medium", "high", "low"],
  ["100 to 247", key("sk_live_", bodyOf(180, 7)), "medium", "high", "low"],
  ["unknown length, random", key("sk_live_", bodyOf(50, 8)), "low", "low", "low", "medium"],
  ["unknown length, random", key("sk_live_", bodyOf(300, 9)), "low", "low", "low", "medium"],
  ["unknown length, random", key("whsec_", bodyOf(40, 21)), "low", "low", "low", "medium"],
  ["unknown length", key("sk_live_", `${random.text(18, HEX)}3z`), "low", "low", "low"],
  ["webhook secret", key("whsec_", bodyOf(32, 10)), "low", "high", "low"],
  ["webhook secret of the CLI", key("whsec_", random.text(64, HEX)), "low", "medium", "low"],
  ["prefix only", key("oak_live_", bodyOf(40, 12)), "low", "medium", "low"],
  ["prefix only", key("oak_", bodyOf(40, 13)), "low", "medium", "low"],
  ["prefix only", key("oart_", bodyOf(40, 14)), "low", "medium", "low"],
  ["prefix only", key("rkcs_test_", bodyOf(99, 15)), "low", "medium", "low"],
  ["prefix only", key("absec_", bodyOf(32, 16)), "low", "medium", "low"],
  ["prefix only", key("rt_", bodyOf(48, 17)), "low", "medium", "low"],
  ["prefix only", key("pss_live_", bodyOf(82, 18)), "low", "medium", "low"],
  ["prefix only", key("pst_", bodyOf(23, 19)), "low", "medium", "low"],
];

test.each(TABLE)(
  "%s: %s alone %s, with Stripe %s, with another vendor %s",
  (_, credential, alone, stripe, vendor, own = stripe) => {
    const confidence = (text: string, path: string | null): unknown =>
      detect(bytesOf(text), path).detections.map((found) => found.confidence);
    expect(confidence(`x = ${credential};`, null)).toEqual([alone]);
    expect(confidence(`stripe ${credential};`, null)).toEqual([stripe]);
    expect(confidence(`x = ${credential};`, "src/stripe/client.ts")).toEqual([stripe]);
    expect(confidence(`STRIPE_KEY = ${credential};`, null)).toEqual([own]);
    expect(confidence(`new Stripe(\n  "${credential}",\n)`, null)).toEqual([own]);
    expect(confidence(`x = ${credential};`, "paymongo.env")).toEqual([alone]);
    expect(confidence(`PAYMONGO_KEY=${credential};`, null)).toEqual([vendor]);
  },
);

test("an ephemeral key that names its account is high everywhere", () => {
  const account = `acct_1${past}${random.text(10)}`;
  const body = Buffer.from(`${account},${random.text(39)}`)
    .toString("base64")
    .replace(/=+$/, "");
  const found = detect(bytesOf(key("ek_live_", body)), null).detections;
  expect(found).toMatchObject([{ kind: "ephemeral_key", confidence: "high", account }]);
});

test("a legacy key counts only where it is assigned to Stripe", () => {
  const body = bodyOf(32, 20);
  expect(detect(bytesOf(`STRIPE_SECRET_KEY=${body}\n`), null).detections).toMatchObject([
    { kind: "legacy_key", mode: null, confidence: "medium", column: 19, endColumn: 51 },
  ]);
  expect(detect(bytesOf(`Stripe.api_key = "${body}"`), null).detections).toHaveLength(1);
  expect(detect(bytesOf(`SECRET_KEY=${body}\n`), "stripe.env").detections).toEqual([]);
  expect(detect(bytesOf(`STRIPE_PUBLISHABLE_HASH=${body}\n`), null).detections).toEqual([]);
});

test("every row of the table is covered above, and no cell differs", () => {
  const rows = new Map(
    TABLE.map(([shape, , alone, stripe, vendor, own = stripe]) => [shape, { alone, stripe, own, vendor }]),
  );
  expect(CONFIDENCE).toEqual({
    ...Object.fromEntries(rows),
    "ephemeral, names an account": { alone: "high", stripe: "high", own: "high", vendor: "high" },
  });
});
