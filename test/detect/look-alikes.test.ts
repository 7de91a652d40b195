import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { SAMPLES } from "../../src/detect/judgement/samples.ts";
import { VENDORS } from "../../src/detect/judgement/vendors.ts";
import { bodyOf, createRandom, HEX, key } from "../../fixtures/keys.ts";
import { bytesOf } from "../support/bytes.ts";

const live = key("sk_live_", bodyOf(99, 41));
const short = key("sk_live_", bodyOf(24, 42));

function judged(text: string, path: string | null = null): readonly string[] {
  const { detections, dismissals } = detect(bytesOf(text), path);
  return [
    ...detections.map((one) => `${one.kind} ${one.confidence}`),
    ...dismissals.map((one) => one.reason),
  ];
}

describe("boundary: characters before and after a key", () => {
  test.each([
    ["an escape \\n", `"\\n${short}"`, ["secret_key medium"]],
    ["%0A", `%0A${short}`, ["secret_key medium"]],
    ["\\u003d", `\\u003d${short}`, ["secret_key medium"]],
    ["=3D", `KEY=3D${short}`, ["secret_key medium"]],
    ["an underscore", `MY_KEY_${short}`, ["secret_key medium"]],
    ["a digit", `1${short}`, ["secret_key medium"]],
    ["a letter", `ta${short}`, ["identifier"]],
    ["a letter, but certain", `x${live}`, ["secret_key certain"]],
    ["a colon after it", `curl -u ${short}: https://`, ["secret_key medium"]],
    ["a parenthesis after it", `(${short})`, ["secret_key medium"]],
    ["a bracket after it", `[${short},`, ["secret_key medium"]],
    ["an ampersand after it", `?key=${short}&`, ["secret_key medium"]],
    ["an element after it", `<k>${short}</k>`, ["secret_key medium"]],
    ["an underscore after it", `${short}_old`, ["secret_key medium"]],
    ["a tail of base62, certain", `${live}abc`, ["secret_key certain"]],
    ["a tail of base62 on 34", `${key("sk_live_", bodyOf(34, 43))}abc`, ["secret_key high"]],
    [
      "another key at once",
      `${short}${key("rk_live_", bodyOf(24, 44))}`,
      ["secret_key medium", "restricted_key medium"],
    ],
    ["nine characters", key("sk_live_", "aB3dE5gH7"), []],
  ])("%s", (_, text, expected) => {
    expect(judged(text)).toEqual(expected);
  });

  test("a vendor's key with 00 where a key of 34 has it is that vendor's, not a key with a tail", () => {
    const hexadecimal = createRandom(46).text(40, HEX);
    const paystack = key("sk_live_", `${hexadecimal.slice(0, 24)}00${hexadecimal.slice(26)}`);
    expect(judged(`const key = "${paystack}"; // stripe`)).toEqual(["other_vendor"]);
    const clerk = key("sk_live_", `${bodyOf(34, 47)}${createRandom(48).text(8)}`);
    expect(judged(`CLERK_SECRET_KEY=${clerk}`)).toEqual(["other_vendor"]);
    expect(judged(`STRIPE_SECRET_KEY=${clerk}`)).toEqual(["secret_key certain"]);
  });

  test("a tail does not belong to the key", () => {
    const [found] = detect(bytesOf(`"${live}abc"`), null).detections;
    expect(found?.secret.reveal()).toBe(live);
    expect(found?.endColumn).toBe(2 + live.length);
  });
});

describe("samples, by their body and after any prefix", () => {
  test.each(SAMPLES.map((sample) => [sample.seen, sample.body] as const))("%s", (_, body) => {
    const prefixes = body.length < 24 ? ["sk_test_", "sk_live_"] : ["sk_test_", "rk_live_", "whsec_"];
    for (const prefix of body.length === 23 ? ["pst_test_"] : prefixes)
      expect(judged(`stripe ${key(prefix, body)}`)).toEqual(["sample"]);
  });

  test("one character more or less is not a sample", () => {
    const body = SAMPLES[0]?.body ?? "";
    expect(judged(key("sk_test_", `${body.slice(0, -1)}Q`))).toEqual(["secret_key medium"]);
    expect(judged(`# This is a public sample test API key\n${key("sk_test_", bodyOf(24, 45))}`)).toEqual([
      "secret_key medium",
    ]);
  });
});

describe("placeholders, by the whole body", () => {
  test.each([
    "xxxxxxxxxxxxxxxxxxxxxxxx",
    "000000000000000000000000",
    "your_key_here",
    "YOUR-SECRET-KEY",
    "yoursecretkeygoeshere",
    "1234567890abcdefghijklmn",
    "abcdefghijklmnopqrstuvwx",
    "abc123abc123abc123abc123",
    "...",
    "REPLACE_ME",
    "dummytestkey123",
    "aaaabbbbccccddddeeeeffff",
    "8f14e45fceea167a5a36dedd4bea2543",
  ])("%s", (body) => {
    expect(
      judged(`stripe ${key("sk_live_", body)}`).filter((one) => !/placeholder|other_vendor/.test(one)),
    ).toEqual([]);
  });

  test.each([
    ["contains xxx", "9Kxxx3bLmQ7RtYw2ZaBcDe4F"],
    ["has no digit", "QwErTyUiOpAsDfGhJkLzXcVb"],
    ["begins with a word", "testKey9bLmQ7RtYw2ZaBc4F"],
  ])("not one that merely %s", (_, body) => {
    expect(judged(key("sk_live_", body))).toEqual(["secret_key medium"]);
  });
});

describe("masked keys and patterns", () => {
  test.each([
    ["masked", `${short.slice(0, 12)}****************${short.slice(-4)}`],
    ["masked", `${short.slice(0, 12)}...${short.slice(-4)}`],
    ["masked", `${short.slice(0, 12)}•••••${short.slice(-4)}`],
    ["masked", `${short.slice(0, 12)}…${short.slice(-4)}`],
    ["masked", "sk_live_********"],
    ["masked", "sk_live_[REDACTED]"],
    ["pattern", "/sk_live_[0-9a-zA-Z]{24}/"],
    ["pattern", "r'sk_live_\\w+'"],
    ["pattern", "sk_live_(?:[0-9a-z]{10,99})"],
    ["pattern", "sk_live_.{24}"],
  ])("%s: %#", (reason, text) => {
    expect(judged(`stripe ${text}`)).toEqual([reason]);
  });

  test("a whole key before the stars is a key", () => {
    expect(judged(`${short}****`)).toEqual(["secret_key medium"]);
  });

  test("a publishable key is never a finding, and says whose the file is", () => {
    const publishable = key("pk_live_", bodyOf(99, 46));
    expect(judged(publishable)).toEqual(["publishable"]);
    expect(judged(`${publishable}\n${short}`)).toEqual(["secret_key high", "publishable"]);
  });

  test("client secrets and ids are nothing", () => {
    const random = createRandom(47);
    const text = `pi_${random.text(24)}_secret_${random.text(25)} ca_${random.text(32)} acct_1${random.text(15)}`;
    expect(judged(text)).toEqual([]);
  });
});

describe("other vendors", () => {
  test.each(VENDORS.map((vendor) => [vendor.name, vendor] as const))("%s", (_, vendor) => {
    const random = createRandom(48);
    const text = vendor.example((alphabet, length) => random.text(length, alphabet));
    const [found] = judged(text);
    const kind = text.includes("whsec_") ? "webhook_secret low" : "secret_key low";
    const isReported = vendor.shape === null || vendor.name === "Tap";
    expect(found).toBe(isReported ? kind : "other_vendor");
  });

  test("the nearest name counts: each line names its own", () => {
    const text = `STRIPE_KEY=${short}\nPAYMONGO_KEY=${key("sk_live_", bodyOf(24, 49))}\n`;
    expect(judged(text)).toEqual(["secret_key high", "secret_key low"]);
  });

  test("a name in a comment lowers nothing that the shape makes sure", () => {
    expect(judged(`PAYSTACK_KEY=${live}`)).toEqual(["secret_key certain"]);
  });

  test("Bootstrap's striped tables are not Stripe's", () => {
    expect(judged(`<table class="table-striped"> ${short}`)).toEqual(["secret_key medium"]);
  });

  test.each(["rzp_live_", "FLWSECK-", "sb_secret_", "polar_oat_", "unkey_", "live_"])(
    "%s is not looked at",
    (prefix) => {
      expect(judged(key(prefix, bodyOf(24, 50)))).toEqual([]);
    },
  );

  test.each([
    ["a name of Minecraft's", "minecraft:oak_fence_gate_open_inventory_model_large"],
    ["a kernel symbol", "int rt_mutex_lock_interruptible_nested_with_timeout_ns;"],
    ["a test's name", "def sk_test_configuration(): pass"],
    ["a part of a longer name", "def mask_test_configurations_of_everything():"],
  ])("%s", (_, text) => {
    expect(judged(text).filter((one) => !/identifier|placeholder/.test(one))).toEqual([]);
  });
});
