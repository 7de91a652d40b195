import { Buffer } from "node:buffer";
import { bodyOf, keyOf } from "../../fixtures/keys.ts";
import { describe, expect, test } from "vitest";
import { GAP_REASONS } from "../../src/domain/index.ts";
import { detect, toFinding } from "../../src/detect/index.ts";
import { TEXT_FORMAT } from "../../src/report/terminal.ts";
import type { ReportedFinding, ScanReport } from "../../src/report/index.ts";
import { excerptsFor } from "../../src/cli/excerpts.ts";

function reportOn(text: string, path = "a.ts"): ScanReport {
  const bytes = Buffer.from(text);
  const { detections } = detect(bytes, null);
  const excerpts = excerptsFor(detections, [bytes]);
  return {
    findings: detections.map((detection, index): ReportedFinding => ({
      finding: toFinding(detection, { place: "content", commit: null, path }),
      path,
      excerpt: excerpts[index] ?? null,
    })),
    dismissals: null,
    gaps: [],
    notes: [],
    files: 1,
    bytes: bytes.length,
    seconds: 0.04,
  };
}

function renderTerminal(report: ScanReport, colour: boolean): string {
  return TEXT_FORMAT.render(report, { colour, version: "1.0.0" });
}

const live = keyOf("sk_live_");
const redacted = `sk_live_…${live.slice(-4)}`;

describe("the text report", () => {
  test("shows the place, the redacted line with a caret, and what to do", () => {
    const account = `acct_${live.slice(9, 25)}`;
    const report = reportOn(`// pay\nconst stripe = new Stripe("${live}");\n`);
    const fingerprint = report.findings[0]?.finding.fingerprint ?? "";
    const created = report.findings[0]?.finding.accountCreated ?? "";
    expect(renderTerminal(report, false)).toBe(
      `Live Stripe secret key  ${redacted}  confidence: certain
  account ${account} (created ${created}) · fingerprint ${fingerprint}
  a.ts:2:28
      2 │ const stripe = new Stripe("${redacted}");
        │                            ^^^^^^^^^^^^^
  → Roll this key now. In the key's overflow menu, choose “Rotate key” and set its expiration to “Now”.
    https://dashboard.stripe.com/${account}/apikeys
    If it was ever pushed or shared, deleting it does not help.

Found 1 credential in 1 place: 1 to roll now. Read 1 file, 145 bytes, in 0.0 s.
`,
    );
  });

  test("has one paragraph for each credential, however many places it has", () => {
    const text = renderTerminal(reportOn(`${live}\n`.repeat(25)), false);
    expect(text.match(/Roll this key now/g)).toHaveLength(1);
    expect(text).toContain("and 5 more places");
    expect(text).toContain("Found 1 credential in 25 places: 1 to roll now.");
  });

  test("lists live keys before test keys", () => {
    const text = renderTerminal(reportOn(`stripe ${keyOf("sk_test_", 5)}\n${live}\n`), false);
    expect(text.indexOf("Live Stripe")).toBeLessThan(text.indexOf("Test Stripe"));
  });

  test("says that it found nothing only if everything was read", () => {
    expect(renderTerminal(reportOn("nothing"), false)).toBe(
      "Found no Stripe credentials. Read 1 file, 7 bytes, in 0.0 s.\n",
    );
    const gaps = [
      { reason: "unreadable", commit: null, path: "\u001b[2Jx", detail: "permission denied" },
    ] as const;
    expect(renderTerminal({ ...reportOn("nothing"), gaps }, false)).toBe(
      `Not read, so this scan is incomplete
  \\u{1b}[2Jx: could not be read (permission denied)

Found no Stripe credentials in what was read. Incomplete: 1 gap. Read 1 file, 7 bytes, in 0.0 s.
`,
    );
  });

  test("uses colour only if asked to", () => {
    const report = reportOn(live);
    expect(renderTerminal(report, true)).toContain("\u001b[");
    expect(renderTerminal(report, false)).not.toContain("\u001b");
  });

  test("gives a string of low confidence one line, however often it was found", () => {
    const weak = `sk_test_${bodyOf(20, 3)}`;
    const text = renderTerminal(reportOn(`x = ${weak}\n`.repeat(154)), false);
    expect(text.match(/sk_test_/g)).toHaveLength(1);
    expect(text).toContain("possible test Stripe secret key, 154 places, the first at a.ts:1:5");
    expect(text).toContain("Found 1 credential in 154 places: 1 probably not Stripe's.");
  });

  test.each(GAP_REASONS)("says in words why something was not read: %s", (reason) => {
    const gaps = [{ reason, commit: null, path: "a", detail: "" }] as const;
    const text = renderTerminal({ ...reportOn("nothing"), gaps }, false);
    expect(text).toMatch(/^ {2}a: \w[\w ]+$/m);
    expect(text).not.toContain("_");
  });
});
