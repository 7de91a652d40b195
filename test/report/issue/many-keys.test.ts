import { describe, expect, test } from "vitest";
import { MAX_KEYS_PER_ISSUE, markersOf, renderManyKeysIssue } from "../../../src/report/index.ts";
import { madeFinding } from "../../support/reported.ts";
import { leakOf } from "../../support/texts/index.ts";

describe("one issue for many keys", () => {
  function many(number: number, path = "src/pay.ts") {
    const findings = Array.from({ length: number }, () => madeFinding({ path }));
    const markers = findings.map((_, index) => index.toString(16).padStart(64, "0"));
    const input = { leaks: findings.map((each) => leakOf(each)), markers, labels: [], previousBody: null };
    return { findings, markers, input, report: renderManyKeysIssue(input) };
  }

  test("lists each key as a task, with its page, place and fingerprint", () => {
    const { findings, markers, report } = many(21);
    expect(report.title).toBe("Roll 21 leaked Stripe keys");
    for (const { redacted, fingerprint } of findings) {
      expect(report.body).toContain(`- [ ] \`${redacted}\`, a live Stripe secret key: [API keys of`);
      expect(report.body).toContain(`fingerprint \`${fingerprint}\``);
    }
    expect(markersOf(report.body)).toEqual(markers);
    expect(report.body).toContain("once **every** key is rolled");
    expect(report.body).toContain("### Stripe secret key: step by step\n\n1. Open the");
  });

  test("keeps ticks", () => {
    const { input, report } = many(21);
    const ticked = report.body.replace("- [ ]", "- [x]");
    const again = renderManyKeysIssue({ ...input, previousBody: ticked });
    expect(again.body).toBe(ticked);
  });

  test("the maximum number of keys fits, with all their markers", () => {
    const { markers, report } = many(MAX_KEYS_PER_ISSUE, "\u{10ffff}|".repeat(100));
    expect(Buffer.byteLength(report.body)).toBeLessThanOrEqual(65_536);
    expect(markersOf(report.body)).toEqual(markers);
  });
});
