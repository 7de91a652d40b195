import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { KINDS, MODES } from "../../../src/domain/index.ts";
import { leakMessageSchema, renderLeakMessage } from "../../../src/report/index.ts";
import type { LeakMessageInput } from "../../../src/report/leak-notice/leak-notice.ts";

const FILE = join(import.meta.dirname, "../../../docs/webhook-message.schema.json");

const input: LeakMessageInput = {
  kind: "rolled",
  sequence: 12,
  at: new Date("2026-11-21T11:30:00Z"),
  state: "rolled",
  previousState: "open",
  actor: "ann",
  how: "attested",
  key: {
    kind: "secret_key",
    mode: "live",
    confidence: "certain",
    redacted: "sk_live_…3fQa",
    fingerprint: "0f3c0f3c0f3c0f3c0f3c",
    account: "acct_1",
  },
  foundAt: new Date("2026-11-20T10:00:00Z"),
  repositories: ["acme/shop", "acme/web"],
  issueUrl: "https://github.com/acme/shop/issues/3",
};

const textOf = (changes: Partial<LeakMessageInput>): string =>
  leakMessageSchema.parse(JSON.parse(renderLeakMessage({ ...input, ...changes }))).text;

test("the schema in docs is that of the code", () => {
  const schema = z.toJSONSchema(leakMessageSchema, { io: "output" });
  expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(schema);
});

test("every message is valid by the schema in docs", () => {
  const ajv = addFormats.default(new Ajv2020.default({ strict: false }));
  const validate = ajv.compile(
    z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(FILE, "utf8"))),
  );
  const anyText = fc.string({ unit: "binary", maxLength: 30 });
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom("opened", "rolled", "dismissed", "reopened"),
        actor: fc.option(anyText),
        how: anyText,
        repositories: fc.array(anyText),
        issueUrl: fc.option(anyText),
        previousState: fc.option(fc.constantFrom("open", "rolled", "dismissed")),
      }),
      fc.constantFrom(...KINDS),
      fc.option(fc.constantFrom(...MODES)),
      (changes, kind, mode) => {
        const body = renderLeakMessage({ ...input, ...changes, key: { ...input.key, kind, mode } });
        expect([validate(JSON.parse(body)), validate.errors]).toEqual([true, null]);
      },
    ),
  );
});

test("the sentence says on whose word, and how long it took", () => {
  expect(textOf({})).toBe(
    "Rolled after 1 day 1 hour: live Stripe secret key sk_live_…3fQa, found in acme/shop, acme/web. It is attested by ann, not verified. https://github.com/acme/shop/issues/3",
  );
  expect(textOf({ kind: "opened", how: "found", actor: null, issueUrl: null })).toBe(
    "Live Stripe secret key sk_live_…3fQa, found in acme/shop, acme/web. Roll it now.",
  );
  expect(textOf({ kind: "dismissed", how: "dismissed" })).toContain("It was dismissed by ann.");
  expect(textOf({ kind: "reopened", how: "still_active", actor: null })).toContain(
    "Stripe says that the key still works",
  );
});

test("no text can mention people in a chat, or hide a link there", () => {
  fc.assert(
    fc.property(fc.constantFrom("<!channel>", "<https://evil.example|click>", "&lt;!here&gt;"), (hostile) => {
      const text = textOf({ actor: hostile, repositories: [hostile] });
      expect(text).not.toMatch(/[<>]/);
    }),
  );
});

test("many repositories are named up to three, and listed up to a hundred", () => {
  const repositories = Array.from({ length: 500 }, (_, index) => `acme/r${index}`);
  expect(textOf({ repositories })).toContain("acme/r0, acme/r1, acme/r2 and 497 more");
  const message = leakMessageSchema.parse(JSON.parse(renderLeakMessage({ ...input, repositories })));
  expect(message.data.repositories).toHaveLength(100);
});
