import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const S = key("sk_live_", bodyOf(24, 141));
const W = key("whsec_", bodyOf(32, 142));

function judged(text: string, path: string | null = null): readonly string[] {
  const { detections, dismissals } = detect(Buffer.from(text), path);
  return [...detections.map((one) => one.confidence), ...dismissals.map((one) => one.reason)];
}

describe("what lowers no live key", () => {
  test.each([
    ["a word of English", `# ask the clerk for it\nkey=${S}`, "medium"],
    ["a name that begins with the word", `clerk_id=7\nkey=${S}`, "medium"],
    ["such a name on the line", `clerk_id: ${S}`, "medium"],
    ["a property of that name", `{"clerk": "Jane", "key": "${S}"}`, "medium"],
    ["a word within a word", `host=networkos-1 key=${S}`, "medium"],
    ["a comment on the line before", `// paymongo\nconst key = "${S}"`, "medium"],
    ["a comment on the line", `const key = "${S}" // for paymongo`, "medium"],
    ["a host in a comment", `/* https://api.paymongo.com */ const key = "${S}"`, "medium"],
    ["a sentence", `the clerk at paymongo said: ${S}`, "medium"],
    ["a vendor's variable on another line", `PAYMONGO_KEY=abc\nSECRET_KEY=${S}`, "medium"],
    ["a vendor's variable before Stripe's", `PAYMONGO_KEY=abc\nSTRIPE_KEY=${S}`, "high"],
    ["a vendor's variable after Stripe's", `STRIPE_KEY=${S}\nPAYMONGO_KEY=abc`, "high"],
    ["Stripe's own variable on the line", `paymongo: const stripeKey = "${S}"`, "high"],
    [
      "Stripe's SDK as near",
      `import { c } from "@clerk/nextjs"\nimport Stripe from "stripe"\nconst s = new Stripe("${S}")`,
      "high",
    ],
  ])("%s", (_, text, confidence) => {
    expect(judged(text)).toEqual([confidence]);
  });

  test.each(["paymongo/client.ts", "src/clerk/auth.ts", "workos.env"])("the path %s", (path) => {
    expect(judged(`const key = "${S}"`, path)).toEqual(["medium"]);
  });
});

describe("a vendor's name for this very key", () => {
  test.each([
    ["a variable", `PAYMONGO_SECRET_KEY=${S}`],
    ["a variable in camel case", `const paymongoKey = "${S}"`],
    ["a call of its SDK", `Moyasar.init({ apiKey: "${S}" })`],
    ["a section of YAML", `paymongo:\n  secret: ${S}\n`],
    ["a section of an INI file", `[paymongo]\nkey=${S}`],
    ["an object in JSON", `{"paymongo": {"key": "${S}"}}`],
    ["its package", `import Paymongo from "paymongo";\nconst p = "${S}"`],
    ["its host", `curl https://api.paymongo.com/v1/payments -u ${S}:`],
    ["a variable, and a remark about Stripe", `PAYMONGO_KEY=${S} # not stripe`],
    ["Clerk's variable", `CLERK_SECRET_KEY=${S}`],
    ["Resend's, with Stripe on the line", `RESEND_WEBHOOK_SECRET=${W} # stripe is elsewhere`],
    ["Resend's, as a default", `const secret = process.env.RESEND_WEBHOOK_SECRET ?? "${W}"; // stripe`],
    ["Polar's, with Stripe before it", `stripe\nPOLAR_WEBHOOK_SECRET=${W}`],
    ["Replicate's", `# stripe\nREPLICATE_WEBHOOK_SECRET="${W}"`],
    ["Supabase's", `SUPABASE_HOOK=${W} stripe`],
  ])("lowers it: %s", (_, text) => {
    expect(judged(text)).toEqual(["low"]);
  });

  test("v1, before a webhook secret is another vendor's, whatever stands near it", () => {
    expect(judged(`STRIPE_KEY=a\nhook = "v1,${W}"`)).toEqual(["other_vendor"]);
    expect(judged(`STRIPE_WEBHOOK_SECRET=v1,${W}`)).toEqual(["other_vendor"]);
  });

  test("Stripe's own webhook secret near another vendor's variable is Stripe's", () => {
    expect(judged(`RESEND_API_KEY=abc\nSTRIPE_WEBHOOK_SECRET=${W}`)).toEqual(["high"]);
  });
});

describe("fakes of lengths that no key has", () => {
  const FAKES = [
    "envvar1234567890",
    "abc123def456ghi789jk",
    "EXAMPLEKEY",
    "EXAMPLEKEY123456789",
    "EXAMPLEKEYabcdef",
    "mysecretkey123",
    "fakeKeyForTesting123",
    "testkey1234567890",
    "FAKEFAKEFAKEFAKE1234",
  ];
  test.each(FAKES)("%s is never above low", (fake) => {
    for (const text of [`STRIPE_SECRET_KEY=sk_test_${fake}`, `# stripe\nkey: sk_live_${fake}`])
      expect(["low", "placeholder"]).toContain(judged(text)[0]);
  });

  test("a digit and both cases count with Stripe's own variable or SDK, and with nothing less", () => {
    const odd = key("sk_live_", bodyOf(20, 143));
    expect(judged(`STRIPE_SECRET_KEY=${odd}`)).toEqual(["medium"]);
    expect(judged(`stripe.api_key = "${odd}"`)).toEqual(["medium"]);
    expect(judged(`a stripe test uses ${odd}`)).toEqual(["low"]);
    expect(judged(`key = ${odd}`, "src/stripe/a.ts")).toEqual(["low"]);
  });
});
