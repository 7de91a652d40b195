import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { BASE64, bodyOf, createRandom, HEX, keyOf } from "../../fixtures/keys.ts";
import { describe, expect, test } from "vitest";
import { excerptsFor } from "../../src/cli/excerpts.ts";
import { detect } from "../../src/detect/index.ts";
import { excerptOf } from "../../src/report/index.ts";

const live = keyOf("sk_live_");
const redacted = `sk_live_…${live.slice(-4)}`;

/** The excerpt of the live key in a text, as one line; empty for none. */
function shown(text: string): string {
  const bytes = Buffer.from(text);
  const { detections } = detect(bytes, null);
  const excerpt = excerptsFor(detections, [bytes]).find((each) => each?.marked === redacted);
  return excerpt ? excerpt.before + excerpt.marked + excerpt.after : "";
}

/** Runs of one piece of text that an excerpt must not hold. */
function pieces(secret: string, length = 4): string[] {
  return Array.from({ length: secret.length - length + 1 }, (_, start) =>
    secret.slice(start, start + length),
  );
}

describe("an excerpt shows the line's harmless words", () => {
  test.each([
    [`const stripe = new Stripe("KEY");`, `const stripe = new Stripe("KEY");`],
    [`export STRIPE_SECRET_KEY=KEY`, `export STRIPE_SECRET_KEY=KEY`],
    [`Stripe.apiKey = "KEY"; // todo: use env`, `Stripe.apiKey = "KEY"; // todo: use env`],
    [`curl https://api.stripe.com/v1/charges -u KEY:`, `curl https://api.stripe.com/v1/charges -u KEY:`],
    [`{"stripe": {"secretKey": "KEY"}}`, `{"stripe": {"secretKey": "KEY"}}`],
  ])("%s", (line, expected) => {
    expect(shown(line.replace("KEY", live))).toBe(expected.replace("KEY", redacted));
  });
});

describe("an excerpt hides everything else", () => {
  test.each([
    ["a name", `acmeBilling = KEY`, `… = KEY`],
    ["a comment", `key = KEY # for our friends in Oslo`, `key = KEY # for … in …`],
    ["a number", `key = KEY, port = 5432`, `key = KEY, …`],
    ["several words, as one", `foo(bar, baz, KEY)`, `…, KEY)`],
    ["characters beyond ASCII", `日本語 = KEY`, `… = KEY`],
    ["long runs of punctuation", `key = KEY !!!!!!!!`, `key = KEY …`],
  ])("%s", (_name, line, expected) => {
    expect(shown(line.replace("KEY", live))).toBe(expected.replace("KEY", redacted));
  });

  const random = createRandom("neighbours");
  const neighbours = {
    "a GitHub token": `ghp_${bodyOf(36, 1)}`,
    "an AWS access key": `AKIA${bodyOf(16, 2).toUpperCase()}`,
    "an AWS secret": random.text(40, BASE64),
    "a password in base64": random.text(12, BASE64),
    "a short password": `hunter${bodyOf(3, 5)}`,
    "a password of words": "correct-horse-battery-staple",
    "a JSON web token": `eyJ${bodyOf(20, 7)}.eyJ${bodyOf(30, 8)}.${bodyOf(40, 9)}`,
    "a hexadecimal token": random.text(40, HEX),
    "a UUID": [8, 4, 4, 4, 12].map((length) => random.text(length, HEX)).join("-"),
    "a Slack token": `xoxb-${bodyOf(12, 11)}-${bodyOf(24, 12)}`,
    "another Stripe key": keyOf("rk_live_", 3, 24),
    "another vendor's key": `sk_live_${random.text(40, HEX)}`,
    "a password with punctuation": `p4$$w0rd!${bodyOf(6, 13)}#`,
  };
  const lines = [
    (secret: string) => `${secret} ${live}`,
    (secret: string) => `${live} ${secret}`,
    (secret: string) => `{"password": "${secret}", "stripe": "${live}"}`,
    (secret: string) => `STRIPE=${live};DB_PASSWORD=${secret}`,
    (secret: string) => `https://user:${secret}@host/?key=${live}`,
    (secret: string) => `connect('${secret}','${live}','${secret}')`,
  ];
  test.each(Object.entries(neighbours))("%s next to the key, on either side", (_name, secret) => {
    for (const line of lines) {
      const text = shown(line(secret));
      expect(text).toContain(redacted);
      expect(pieces(secret).filter((piece) => text.replace(redacted, "").includes(piece))).toEqual([]);
    }
  });

  test("what follows the key without a break, which may be the end of a longer one", () => {
    const tail = bodyOf(12, 77);
    expect(shown(`${live}${tail} end`)).not.toContain(tail);
  });

  test("terminal escapes and marks that reorder text", () => {
    expect(shown(`\u001b[31m\r\u009b2J\u202e ${live}\u0007`)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("a word cut in two", () => {
    const { before, after } = excerptOf(`x${"key".repeat(2000)}K${"key".repeat(2000)}x`, {
      start: 6001,
      end: 6002,
      redacted: "K",
    });
    expect([before, after]).toEqual(["…", ""]);
  });

  test("all but 48 characters on either side", () => {
    const words = "const key = ".repeat(600);
    const { before, after } = excerptOf(`${words}K${words}`, {
      start: words.length,
      end: words.length + 1,
      redacted: "K",
    });
    expect(before).toMatch(/^….{48}$/);
    expect(after.length).toBeLessThanOrEqual(49);
  });
});

describe("for any line", () => {
  const ALPHABET = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
  const opaque = fc
    .array(fc.constantFrom(...ALPHABET), { minLength: 12, maxLength: 60 })
    .map((characters) => `${characters.join("")}7Qz`);
  const word = fc.constantFrom(
    "const",
    "key",
    "=",
    "(",
    ")",
    '"',
    ",",
    "//",
    "password",
    ":",
    "stripe",
    "-u",
  );
  const separator = fc.constantFrom(" ", "", "=", '"', ":", "\t");

  test("no excerpt holds a part of an opaque token", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(word, opaque), separator), { maxLength: 12 }),
        fc.array(fc.tuple(fc.oneof(word, opaque), separator), { maxLength: 12 }),
        (left, right) => {
          const before = left.flat().join("");
          const line = `${before}KEY${right.flat().join("")}`;
          const excerpt = excerptOf(line, { start: before.length, end: before.length + 3, redacted: "K" });
          const text = `${excerpt.before} ${excerpt.after}`;
          const tokens = [...left, ...right].map(([token]) => token).filter((token) => token.endsWith("7Qz"));
          for (const token of tokens)
            expect(pieces(token, 8).filter((piece) => text.includes(piece))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("the search for a part of a token finds one", () => {
    const token = bodyOf(30, 4);
    expect(pieces(token, 8).filter((piece) => `x ${token.slice(5, 20)}`.includes(piece))).not.toEqual([]);
  });
});
