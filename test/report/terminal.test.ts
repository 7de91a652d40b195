import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detect, toFinding } from "../../src/detect/index.ts";
import { excerptOf, renderTerminal } from "../../src/report/index.ts";
import type { ReportedFinding, ScanReport } from "../../src/report/index.ts";
import { excerptsFor } from "../../src/cli/excerpts.ts";
import { bodyOf, keyOf } from "../../fixtures/keys.ts";

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

const live = keyOf("sk_live_");
const redacted = `sk_live_…${live.slice(-4)}`;

describe("renderTerminal", () => {
  test("shows the place, the redacted line with a caret, and what to do", () => {
    const account = `acct_${live.slice(9, 25)}`;
    const report = reportOn(`// pay\nconst stripe = new Stripe("${live}");\n`);
    const fingerprint = report.findings[0]?.finding.fingerprint ?? "";
    const created = report.findings[0]?.finding.accountCreated ?? "";
    expect(renderTerminal(report, false)).toBe(
      `Live Stripe secret key  ${redacted}  confidence: certain
  account ${account} (made ${created}) · fingerprint ${fingerprint}
  a.ts:2:28
      2 │ const stripe = new Stripe("${redacted}");
        │                            ^^^^^^^^^^^^^
  → Roll it now: in the key’s overflow menu choose “Rotate key” and the expiration “Now”. Deleting the line does not help.
    https://dashboard.stripe.com/${account}/apikeys

1 leaked credential (1 to roll now) in 1 place. 1 file, 145 bytes read in 0.0 s.
`,
    );
  });

  test("one paragraph a credential, whatever the number of its places", () => {
    const text = renderTerminal(reportOn(`${live}\n`.repeat(25)), false);
    expect(text.match(/Roll it now/g)).toHaveLength(1);
    expect(text).toContain("and 5 more places");
    expect(text).toContain("1 leaked credential (1 to roll now) in 25 places.");
  });

  test("live keys stand before test keys", () => {
    const text = renderTerminal(reportOn(`stripe ${keyOf("sk_test_", 5)}\n${live}\n`), false);
    expect(text.indexOf("Live Stripe")).toBeLessThan(text.indexOf("Test Stripe"));
  });

  test("says that nothing was found only where everything was read", () => {
    expect(renderTerminal(reportOn("nothing"), false)).toBe(
      "No leaked Stripe credential found. 1 file, 7 bytes read in 0.0 s.\n",
    );
    const gaps = [
      { reason: "unreadable", commit: null, path: "\u001b[2Jx", detail: "permission denied" },
    ] as const;
    expect(renderTerminal({ ...reportOn("nothing"), gaps }, false)).toBe(
      `Not read, so this scan is incomplete
  \\u{1b}[2Jx: unreadable (permission denied)

No leaked Stripe credential found in what was read. Incomplete: 1 gap. 1 file, 7 bytes read in 0.0 s.
`,
    );
  });

  test("colour only where it is asked for", () => {
    const report = reportOn(live);
    expect(renderTerminal(report, true)).toContain("\u001b[");
    expect(renderTerminal(report, false)).not.toContain("\u001b");
  });
});

describe("the excerpt", () => {
  function shown(text: string): string {
    return renderTerminal(reportOn(text), false);
  }
  test("the caret stands under the key after wide characters", () => {
    expect(shown(`日本語 = ${live}`)).toContain(`│ 日本語 = ${redacted}\n        │          ^^^^^^^^^^^^^\n`);
  });
  test("escapes and line breaks of the text reach no terminal", () => {
    expect(shown(`\u001b[31m\r\u009b2J\u202e ${live}\u0007`)).toContain(
      `│ \\u{1b}[31m\\r\\u{9b}2J\\u{202e} ${redacted}\\u{7}\n`,
    );
  });
  test("a long line is clipped on both sides", () => {
    const line = `${"a".repeat(5000)} ${live} ${"b".repeat(5000)}`;
    expect(shown(line)).toContain(`│ …${"a".repeat(47)} ${redacted} ${"b".repeat(47)}…\n`);
  });
  test("every other credential on the line is redacted as well", () => {
    const other = keyOf("rk_live_", 3, 24);
    const line = `stripe: ${live}, ${other} and ${keyOf("sk_test_", 4)}`;
    const text = shown(line);
    for (const key of [live, other, keyOf("sk_test_", 4)]) expect(text).not.toContain(key.slice(8, -4));
  });
  test("what follows a key without a break is not shown: it could be the key's end", () => {
    const tail = bodyOf(12, 77);
    expect(shown(`${live}${tail} end`)).not.toContain(tail);
  });
  test("no excerpt holds what its spans cover, wherever they lie", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 80 }), fc.nat({ max: 3 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.nat(),
        (parts, chosen) => {
          let line = "";
          const spans = parts.map(([text, seed], index) => {
            const secret = `<${bodyOf(40, seed + index * 10)}>`;
            line += text.replaceAll(/[<>]/g, "");
            const span = { start: line.length, end: line.length + secret.length, redacted: "R" };
            line += secret;
            return span;
          });
          const subject = spans[chosen % spans.length];
          if (subject === undefined) return;
          const { before, marked, after } = excerptOf(line, spans, subject);
          expect(marked).toBe("R");
          for (const span of spans)
            expect(before + after).not.toContain(line.slice(span.start + 10, span.start + 20));
        },
      ),
    );
  });
});
