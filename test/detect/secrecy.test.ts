import { inspect } from "node:util";
import { array, assert, constantFrom, integer, pre, property, record } from "fast-check";
import { expect, test } from "vitest";
import { FORMS } from "../../src/detect/forms/index.ts";
import { detect, redactText, toFinding } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const EXAMPLES = FORMS.flatMap((form) => form.examples);
const PREFIXES = ["sk_live_", "rk_test_", "whsec_", "sk_org_live_", "pk_live_", "oak_live_", "task_live_"];
const credential = record({
  prefix: constantFrom(...PREFIXES),
  length: constantFrom(24, 32, 34, 40, 42, 99, 150),
  seed: integer({ min: 1 }),
}).map(({ prefix, length, seed }) => key(prefix, bodyOf(length, seed)));

/** Every run of eight characters of the secret but what is shown of it: the account it names, and its last four. */
function pieces(secret: string): readonly string[] {
  const whole = secret.slice(secret.lastIndexOf("_") + 1);
  // A longer run that begins like a key is read as a key with a tail, and names its account too.
  const body = whole.length >= 99 && whole.startsWith("51") ? whole.slice(17) : whole;
  return Array.from({ length: body.length - 12 }, (_, at) => body.slice(at, at + 8));
}

test("nothing that the detector returns shows the secret: as JSON, inspected, in a template, thrown", () => {
  assert(
    property(credential, constantFrom(...EXAMPLES), (secret, example) => {
      const detected = detect(Buffer.from(`stripe ${example.write(secret)}`, "latin1"), "a.env");
      const findings = detected.detections.map((one) =>
        toFinding(one, { place: "content", commit: null, path: "a.env" }),
      );
      const error = new Error("detector", { cause: detected });
      const written = [
        JSON.stringify(detected),
        JSON.stringify(findings),
        inspect(detected, { depth: 9, showHidden: true, getters: true }),
        inspect(error, { depth: 9 }),
        ...detected.detections.map((one) => `${one.secret.toString()} ${String(one.secret)} ${inspect(one)}`),
      ].join("\n");
      expect(pieces(secret).filter((piece) => written.includes(piece))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("redacted text holds no piece of the secret, in any form, and changes nothing else", () => {
  const text = array(constantFrom("fix: ", "é", "🔑 ", "\n", " see #12 "), { maxLength: 8 });
  assert(
    property(credential, constantFrom(...EXAMPLES), text, text, (secret, example, before, after) => {
      pre(!secret.startsWith("pk_"));
      const safe = redactText(`${before.join("")}\n${example.write(secret)}\n${after.join("")}`);
      expect(pieces(secret).filter((piece) => safe.includes(piece))).toEqual([]);
      expect(detect(Buffer.from(safe), null).detections).toEqual([]);
      expect(safe.startsWith(before.join(""))).toBe(true);
      expect(safe.endsWith(after.join(""))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("redacting what is redacted changes nothing", () => {
  assert(
    property(credential, constantFrom(...EXAMPLES), (secret, example) => {
      const once = redactText(example.write(secret));
      expect(redactText(once)).toBe(once);
    }),
  );
});

test.each([
  ["a name of a branch", (secret: string) => `fix/${secret}`],
  ["a path", (secret: string) => `config/${secret}.env`],
  ["a key with a tail", (secret: string) => `${secret}TAIL`],
  ["two at once", (secret: string) => `${secret}${secret}`],
])("%s is safe to show", (_, write) => {
  const secret = key("sk_live_", bodyOf(24, 71));
  expect(pieces(secret).filter((piece) => redactText(write(secret)).includes(piece))).toEqual([]);
});

test("samples and legacy keys are redacted too; other text is left as it is", () => {
  const body = bodyOf(32, 72);
  expect(redactText(`STRIPE_SECRET_KEY=${body}`)).toBe(`STRIPE_SECRET_KEY=…${body.slice(-4)}`);
  expect(redactText(key("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"))).toBe("sk_test_…p7dc");
  for (const text of ["", "Merge branch 'main'", "live_view and test_case", "ключ 🔑"])
    expect(redactText(text)).toBe(text);
});
