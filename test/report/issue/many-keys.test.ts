import { describe, expect, test } from "vitest";
import { MAX_KEYS_PER_ISSUE, markersOf, renderManyKeysIssue } from "../../../src/report/index.ts";
import { madeFinding } from "../../support/reported.ts";
import { leakOf } from "../../support/texts/index.ts";

describe("one issue for many keys", () => {
  function many(number: number, visibility: "private" | "public", path = "src/pay.ts") {
    const findings = Array.from({ length: number }, () => madeFinding({ path }));
    const markers = findings.map((_, index) => index.toString(16).padStart(64, "0"));
    const input = { leaks: findings.map((each) => leakOf(each)), markers, labels: [], previousBody: null };
    return { findings, markers, input, report: renderManyKeysIssue({ ...input, visibility }) };
  }

  test("lists each key as a task, with its page, place and fingerprint", () => {
    const { findings, markers, report } = many(21, "private");
    expect(report.title).toBe("Roll 21 leaked Stripe keys");
    for (const { redacted, fingerprint } of findings) {
      expect(report.body).toContain(`- [ ] \`${redacted}\`, a live Stripe secret key: [API keys of`);
      expect(report.body).toContain(`fingerprint \`${fingerprint}\``);
    }
    expect(markersOf(report.body)).toEqual(markers);
    expect(report.body).toContain("once **every** key is rolled");
    expect(report.body).toContain("### Stripe secret key: step by step\n\n1. Open the");
  });

  test("shows only the keys in public", () => {
    const { findings, report } = many(21, "public", "hidden/place.ts");
    for (const { redacted, fingerprint } of findings) {
      expect(report.body).toContain(`- [ ] \`${redacted}\`, a live Stripe secret key <!-- key:`);
      expect(report.body).not.toContain(fingerprint);
    }
    expect(report.body).not.toMatch(/hidden|acct_|acme\/shop/);
  });

  test("keeps ticks", () => {
    const { input, report } = many(21, "private");
    const ticked = report.body.replace("- [ ]", "- [x]");
    const again = renderManyKeysIssue({ ...input, visibility: "private", previousBody: ticked });
    expect(again.body).toBe(ticked);
  });

  test("the maximum number of keys fits, with all their markers", () => {
    const { markers, report } = many(MAX_KEYS_PER_ISSUE, "private", "\u{10ffff}|".repeat(100));
    expect(Buffer.byteLength(report.body)).toBeLessThanOrEqual(65_536);
    expect(markersOf(report.body)).toEqual(markers);
  });
});
