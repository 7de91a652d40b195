import { Buffer } from "node:buffer";
import { keyOf } from "../../fixtures/keys.ts";
import { describe, expect, test } from "vitest";
import { detect, toFinding } from "../../src/detect/index.ts";
import { jsonReportSchema } from "../../src/report/index.ts";
import type { ScanReport } from "../../src/report/index.ts";
import { JSON_FORMAT } from "../../src/report/json.ts";

const key = keyOf("rk_live_");
const renderJson = (report: ScanReport): string =>
  JSON_FORMAT.render(report, { colour: false, version: "1.0.0" });
const empty: ScanReport = {
  findings: [],
  dismissals: null,
  gaps: [],
  notes: [],
  files: 0,
  bytes: 0,
  seconds: 0,
};

function reportAt(path: string): ScanReport {
  const findings = detect(Buffer.from(`a\nb ${key}`), null).detections.map((detection) => ({
    finding: toFinding(detection, { place: "content", commit: null, path }),
    path,
    excerpt: null,
  }));
  return { ...empty, findings };
}

describe("the JSON report", () => {
  test("has exactly the fields of the contract", () => {
    const report = reportAt("x");
    expect(JSON.parse(renderJson(report))).toEqual({
      schemaVersion: 1,
      complete: true,
      gaps: [],
      findings: [
        {
          kind: "restricted_key",
          mode: "live",
          confidence: "certain",
          encoding: "plain",
          redacted: `rk_live_…${key.slice(-4)}`,
          fingerprint: report.findings[0]?.finding.fingerprint,
          account: `acct_${key.slice(9, 25)}`,
          accountCreated: report.findings[0]?.finding.accountCreated,
          path: "x",
          line: 2,
          column: 3,
          endColumn: 3 + key.length,
          commit: null,
        },
      ],
    });
  });
  test("is complete unless there is a gap", () => {
    const gaps = [{ reason: "unreadable", commit: null, path: null, detail: "" }] as const;
    expect(JSON.parse(renderJson({ ...empty, gaps }))).toMatchObject({ complete: false, gaps });
    expect(JSON.parse(renderJson(empty))).toMatchObject({ complete: true });
  });
  test("escapes every unprintable character of a path, which parses back unchanged", () => {
    const path = "a\u001b[2J\u009b\u202e\u2028\u{e0001}\nb\u007f";
    const text = renderJson(reportAt(path));
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(jsonReportSchema.parse(JSON.parse(text)).findings[0]?.path).toBe(path);
  });
  test("never holds the key", () => {
    expect(renderJson(reportAt("x"))).not.toContain(key.slice(8, -4));
  });
});
