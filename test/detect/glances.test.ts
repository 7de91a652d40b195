import { assert, constantFrom, integer, property, record, string, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { mayHoldCredential } from "../../src/detect/engine/glance.ts";
import { searchBlock } from "../../src/detect/engine/anchor-search.ts";
import { stretchesAround } from "../../src/detect/engine/stretches.ts";
import { JOINED } from "../../src/detect/forms/joined.ts";
import { detect } from "../../src/detect/index.ts";
import { candidatesIn } from "../../src/detect/judgement/candidates.ts";
import { groundsAlone } from "../../src/detect/judgement/judge.ts";
import { KNOWN_PREFIXES } from "../../src/detect/kinds/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const NOW = new Date("2026-11-22");

/** How two pieces are joined, in the place of the cut between two literals. */
const JOINS = [
  '" + "',
  "' . '",
  '" "',
  '"\n  "',
  '" +\n    "',
  '" .. "',
  '" << "',
  '" <> "',
  '" || "',
  '" & "',
  '".concat("',
  '\\" + \\"',
  "\\\n",
  '"; key += "',
  '").append("',
  "`+`",
  '"/* more */"',
  `"'`,
  '", "',
] as const;

/** What names a piece, and what then stands for it in a literal that goes on. */
const CONSTANTS = [
  (piece: string, rest: string) => `const P = "${piece}";\nconst key = \`\${P}${rest}\`;`,
  (piece: string, rest: string) => `P = '${piece}'\nkey = f"{P}${rest}"`,
  (piece: string, rest: string) => `P=${piece}\nKEY="$P"${rest}`,
  (piece: string, rest: string) => `P=${piece}\nKEY="\${P}${rest}"`,
  (piece: string, rest: string) => `set P=${piece}\r\nset KEY=%P%${rest}\r\n`,
  (piece: string, rest: string) => `let p = "${piece}"\nlet key = "\\(p)${rest}"`,
  (piece: string, rest: string) => `P := ${piece}\nKEY := $(P)${rest}`,
  (piece: string, rest: string) => `#define P "${piece}"\nchar *key = P "${rest}";`,
  (piece: string, rest: string) => `const key = "${piece}%s" % "${rest}"`,
  (piece: string, rest: string) => `key = "%s%s" % ("${piece}", "${rest}")`,
  (piece: string, rest: string) => `key = "{}{}".format("${piece}", "${rest}")`,
  (piece: string, rest: string) => `["${piece}", "${rest}"].join("")`,
] as const;

const BEFORE = [
  "",
  "x = ",
  "stripe_",
  "Bearer ",
  "\\n",
  "port_",
  "a",
  "task_",
  "-u",
  "rt_",
  "sk_buff ",
] as const;

/** What the reader of joined text makes of everything near an anchor, without a glance before. */
function readWithoutGlance(text: string): readonly string[] {
  const bytes = Buffer.from(text, "latin1");
  const anchors = searchBlock({ bytes, base: 0 }, 0, bytes.length, () => true).anchors.get(JOINED) ?? [];
  const { isWorthReading: _, ...unglancing } = JOINED;
  return stretchesAround(unglancing, anchors, bytes)
    .flatMap(({ start, end }) => JOINED.read(text.slice(start, end)))
    .flatMap((reading) => candidatesIn(reading, NOW).candidates)
    .filter((candidate) => candidate.encoding === "joined" && groundsAlone(candidate) === null)
    .map(({ prefix, body }) => prefix.text + body);
}

function found(text: string): readonly string[] {
  return detect(Buffer.from(text, "latin1"), null, NOW).detections.map((one) => one.secret.reveal());
}

/** Nothing is lost: whatever begins like a key that is found is that key, read worse or better. */
function expectNothingLost(text: string): void {
  const beginnings = found(text).map(beginning);
  const lost = readWithoutGlance(text).filter((secret) => !beginnings.includes(beginning(secret)));
  expect({ text, lost }).toEqual({ text, lost: [] });
}

function beginning(secret: string): string {
  return secret.slice(0, 14);
}

const credentials = record({
  known: constantFrom(...KNOWN_PREFIXES),
  seed: integer({ min: 1, max: 10_000 }),
}).map(({ known: { rule, prefix }, seed }) => {
  const length = rule.examples[seed % rule.examples.length]?.length ?? 32;
  return { credential: key(prefix.text, bodyOf(length, seed)), prefix: prefix.text, isCommon: rule.isCommon };
});

describe("a glance lets through all that the reader would make something of", () => {
  test("keys cut anywhere, joined in any way", () => {
    assert(
      property(
        credentials,
        uniqueArray(integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
        constantFrom(...JOINS),
        constantFrom(...BEFORE),
        string({ maxLength: 600 }),
        ({ credential, prefix, isCommon }, cuts, join, before, noise) => {
          // Only the prefixes that leak most are looked for in pieces.
          const sorted = cuts.filter((cut) => isCommon || cut >= prefix.length).sort((a, b) => a - b);
          const pieces = [0, ...sorted].map((from, i) => credential.slice(from, sorted[i]));
          const text = `${noise}\nconst key = "${before}${pieces.join(join)}";\n${noise}`;
          expectNothingLost(text);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("keys of which a constant, a format or a list holds a piece", () => {
    assert(
      property(
        credentials,
        integer({ min: 1, max: 40 }),
        constantFrom(...CONSTANTS),
        constantFrom(...BEFORE),
        ({ credential, prefix, isCommon }, cut, write, before) => {
          const at = isCommon ? cut : Math.max(cut, prefix.length);
          expectNothingLost(`${before}${write(credential.slice(0, at), credential.slice(at))}`);
          expectNothingLost(write(before + credential.slice(0, at), credential.slice(at)));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("parts joined by their underscores", () => {
    for (const { prefix, rule } of KNOWN_PREFIXES) {
      if (!rule.isCommon) continue;
      const parts = [...prefix.text.split("_").slice(0, -1), bodyOf(rule.examples[0]?.length ?? 99, 5)];
      expectNothingLost(`key = "_".join([${parts.map((part) => `"${part}"`).join(", ")}])`);
      expect(found(`key = "_".join([${parts.map((part) => `'${part}'`).join(", ")}])`)).toEqual([
        parts.join("_"),
      ]);
    }
  });
});

describe("a glance passes over words that end like a prefix", () => {
  test.each([
    "def assert_equal(port_number, start_time): pass",
    "task_list = ask_user(desk_names) if week_lived else None; t('k')",
    'struct sk_buff *skb = sk_alloc(port_mutex); log("h")',
    't("h"); t("k"); t("_"); list.join("_")',
    "import Stripe from 'stripe'; new Stripe(process.env.STRIPE_KEY, { apiVersion })",
  ])("%s", (text) => {
    expect(mayHoldCredential(Buffer.from(text))).toBe(false);
    expect(found(text)).toEqual([]);
  });
});
