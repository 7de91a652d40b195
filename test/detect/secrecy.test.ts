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

/** Writings that no form reads, or that a person would read over. */
const WRITINGS: readonly (readonly [string, (prefix: string, body: string, at: number) => string])[] = [
  ["a zero-width space anywhere", (prefix, body, at) => inserted(prefix + body, at, "\u200b")],
  ["a word joiner anywhere", (prefix, body, at) => inserted(prefix + body, at, "\u2060")],
  ["a soft hyphen anywhere", (prefix, body, at) => inserted(prefix + body, at, "\u00ad")],
  ["a mark of direction anywhere", (prefix, body, at) => inserted(prefix + body, at, "\u202e")],
  ["a zero-width joiner after each character", (prefix, body) => Array.from(prefix + body).join("\u200d")],
  ["full-width characters", (prefix, body) => fullWidth(prefix) + body],
  ["hyphens", (prefix, body) => prefix.replaceAll("_", "-") + body],
  ["upper case", (prefix, body) => prefix.toUpperCase() + body],
  ["no separators", (prefix, body) => prefix.replaceAll("_", "") + body],
  ["half a prefix", (prefix, body) => prefix.slice(prefix.indexOf("_") + 1) + body],
  ["base64 three times", (prefix, body) => base64(base64(base64(`k=${prefix}${body}`)))],
  ["base64 four times", (prefix, body) => base64(base64(base64(base64(prefix + body))))],
  ["terminal colours within", (prefix, body) => `${prefix}\u001b[m\u001b[K${body}`],
];

function inserted(text: string, at: number, what: string): string {
  const cut = 1 + (at % (text.length - 1));
  return text.slice(0, cut) + what + text.slice(cut);
}

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

function fullWidth(text: string): string {
  return Array.from(text, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)).join("");
}

/** Every spelling in which eight characters of the body could be read: as they are, and as base64 of any depth. */
function readable(text: string): string {
  const seen = text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  const decoded = [...seen.matchAll(/[A-Za-z0-9+/]{12,}/g)].map(([run]) => run);
  for (let depth = 0; depth < 4; depth++)
    decoded.push(...decoded.map((run) => Buffer.from(run, "base64").toString("latin1")));

  return [seen, ...decoded].join("\n");
}

test.each(WRITINGS)("no eight characters of a key are left when it is written with %s", (_, write) => {
  assert(
    property(
      constantFrom("sk_live_", "rk_live_", "sk_test_", "sk_org_live_"),
      constantFrom(24, 34, 99),
      integer({ min: 1 }),
      integer({ min: 0, max: 200 }),
      (prefix, length, seed, at) => {
        const body = bodyOf(length, seed);
        const safe = redactText(`fix: ${write(prefix, body, at)} (#12)`);
        const rest = Array.from({ length: body.length - 7 }, (_, i) => body.slice(i, i + 8));
        expect(rest.filter((piece) => readable(safe).includes(piece))).toEqual([]);
        expect(safe.startsWith("fix: ")).toBe(true);
        expect(safe.endsWith(" (#12)")).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("a body of today's shape is redacted without its prefix too", () => {
  const body = bodyOf(99, 73);
  expect(redactText(`was ${body}.`)).toBe(`was …${body.slice(-4)}.`);
  expect(redactText(`live_${body}`)).toBe(`live_…${body.slice(-4)}`);
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
  for (const text of [
    "",
    "Merge branch 'main'",
    "live_view and test_case",
    "ключ 🔑",
    "sk-live-streaming-of-everything",
    "test_internationalization_of_dates",
    "src/live/configuration_of_the_tests.ts",
    "👩\u200d💻 a family of characters joined by what is not seen",
    "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
  ])
    expect(redactText(text)).toBe(text);
});
