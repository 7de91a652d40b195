import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EVIDENCE_FORMATS, evidenceSchema } from "../../../src/report/index.ts";
import type { Evidence } from "../../../src/report/index.ts";
import { duration } from "../../../src/report/words/duration.ts";
import { groundsText } from "../../../src/report/words/grounds.ts";

/** Text as a hostile repository, person or later version could write it. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "=1+1",
    "@SUM(A1)",
    "\t=x",
    "\r\n=x",
    "+1",
    "-1",
    '"',
    '",="',
    "\u202Etext",
    "\u001B[31m",
    "\u0000",
    "＝1",
  ),
);
const time = fc.constant("2026-11-24T10:00:00.000Z");

const evidence: fc.Arbitrary<Evidence> = fc.record({
  schemaVersion: fc.constant(1 as const),
  at: time,
  leaks: fc.array(
    fc.record({
      kind: fc.constant("secret_key" as const),
      mode: fc.constantFrom("live" as const, null),
      confidence: fc.constant("certain" as const),
      redacted: hostile,
      fingerprint: hostile,
      account: fc.option(hostile),
      accountCreated: fc.option(hostile),
      state: fc.constantFrom("open" as const, "rolled" as const),
      repositories: fc.array(hostile, { maxLength: 2 }),
      issue: fc.option(hostile),
      foundAt: time,
      filedAt: fc.option(time),
      clearedAt: fc.option(time),
      clearedBy: fc.option(hostile),
      clearedHow: fc.option(hostile),
      verified: fc.boolean(),
      secondsToClear: fc.option(fc.nat()),
      history: fc.array(
        fc.record({
          at: time,
          repository: hostile,
          from: fc.constantFrom("open" as const, null),
          to: fc.constant("open" as const),
          by: fc.option(hostile),
          how: hostile,
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 3 },
  ),
  drills: fc.array(
    fc.record({
      owner: hostile,
      number: fc.nat(),
      issue: fc.option(hostile),
      openedAt: fc.option(time),
      closedAt: fc.option(time),
      closedBy: fc.option(hostile),
      outcome: fc.constantFrom("attested" as const, "skipped" as const, "lost" as const, null),
      steps: fc.nat(9),
      stepsTicked: fc.nat(9),
      secondsTaken: fc.option(fc.nat()),
    }),
    { maxLength: 2 },
  ),
});

/** The cells of a CSV file by RFC 4180. */
function cellsOf(csv: string): string[][] {
  const rows = csv.split("\r\n");
  expect(rows.pop()).toBe("");
  return rows.map((row) => {
    const cells = [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = ""]) =>
      cell.replaceAll('""', '"'),
    );
    expect(cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).toBe(row);
    return cells;
  });
}

test("no format writes a control character, whatever the record holds", () => {
  fc.assert(
    fc.property(evidence, (given) => {
      for (const format of EVIDENCE_FORMATS) {
        const text = format.render(given);
        expect(text.replaceAll(/\r?\n/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});

test("no cell of the CSV is a formula, and each row has every column", () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const csv = EVIDENCE_FORMATS.find(({ name }) => name === "csv")?.render(given) ?? "";
      const rows = cellsOf(csv);
      expect(rows).toHaveLength(1 + given.leaks.length + given.drills.length);
      for (const row of rows) {
        expect(row).toHaveLength(18);
        for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
      }
    }),
  );
});

test("the JSON keeps every value", () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const json = EVIDENCE_FORMATS.find(({ name }) => name === "json")?.render(given) ?? "";
      expect(evidenceSchema.parse(JSON.parse(json))).toEqual(given);
    }),
  );
});

test.each([
  [0, "less than a minute"],
  [59, "less than a minute"],
  [60, "1 minute"],
  [3600, "1 hour"],
  [3660, "1 hour 1 minute"],
  [86_400 + 60, "1 day"],
  [2 * 86_400 + 3 * 3600 + 59, "2 days 3 hours"],
  [1000 * 86_400, "1,000 days"],
  [-5, "less than a minute"],
])("%i seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  ["attested", "@ann", "attested by @ann, not verified"],
  ["verified", null, "verified: Stripe says that the key is dead"],
  ["a_later_word", "@ann", "a later word by @ann"],
])("%s is put in words that say on whose word", (how, person, words) => {
  expect(groundsText(how, person)).toBe(words);
});
