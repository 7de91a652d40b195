import { Buffer } from "node:buffer";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import * as fc from "fast-check";
import { keyOf } from "../../fixtures/keys.ts";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { GAP_REASONS, KINDS } from "../../src/domain/index.ts";
import type { Finding } from "../../src/domain/index.ts";
import { detect, toFinding } from "../../src/detect/index.ts";
import type { ScanReport } from "../../src/report/index.ts";
import { SARIF_FORMAT } from "../../src/report/sarif.ts";

const key = keyOf("sk_live_");
const renderSarif = (of: ScanReport, version: string): string =>
  SARIF_FORMAT.render(of, { colour: false, version });
const ajv = new Ajv.default({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(sarifSchema);

function findingIn(path: string): Finding {
  const [detection] = detect(Buffer.from(`\n  k = "${key}"`), null).detections;
  if (detection === undefined) throw new Error("the key of this test is not found");
  return toFinding(detection, { place: "content", commit: null, path });
}

function report(parts: Partial<ScanReport>): ScanReport {
  return { findings: [], dismissals: null, gaps: [], notes: [], files: 1, bytes: 1, seconds: 0, ...parts };
}

const logSchema = z.object({
  version: z.literal("2.1.0"),
  runs: z.tuple([
    z.object({
      columnKind: z.literal("utf16CodeUnits"),
      invocations: z.tuple([z.object({ executionSuccessful: z.boolean() })]),
      results: z.array(
        z.object({
          ruleId: z.string(),
          level: z.string(),
          partialFingerprints: z.record(z.string(), z.string()),
          locations: z.tuple([
            z.object({
              physicalLocation: z.object({
                artifactLocation: z.object({ uri: z.string(), uriBaseId: z.string().optional() }),
                region: z.record(z.string(), z.number()).optional(),
              }),
            }),
          ]),
        }),
      ),
    }),
  ]),
});

function parse(text: string): z.infer<typeof logSchema> {
  return logSchema.parse(JSON.parse(text));
}

describe("the SARIF report", () => {
  test("gives the place, the rule and the fingerprint", () => {
    const finding = findingIn("src/pay.ts");
    const text = renderSarif(report({ findings: [{ finding, path: "src/pay.ts", excerpt: null }] }), "1.0.0");
    expect(parse(text).runs[0].results).toEqual([
      {
        ruleId: "secret_key",
        level: "error",
        partialFingerprints: { "stripeCredential/v1": finding.fingerprint },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "src/pay.ts", uriBaseId: "SRCROOT" },
              region: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 8 + key.length },
            },
          },
        ],
      },
    ]);
    expect(text).not.toContain(key);
  });

  test.each([
    ["src/a b.ts", "src/a%20b.ts"],
    ["a:b", "a%3Ab"],
    ["100%.txt", "100%25.txt"],
    ["a\nb", "a%0Ab"],
    ["a\\b", "a%5Cb"],
    ["é/日", "%C3%A9/%E6%97%A5"],
    ["<stdin>", "%3Cstdin%3E"],
    ["#x?y", "%23x%3Fy"],
    ["lone \ud800 surrogate", "lone%20%EF%BF%BD%20surrogate"],
    ["/abs/a b", "file:///abs/a%20b"],
  ])("the path %j is the URI %j", (path, uri) => {
    const text = renderSarif(
      report({ findings: [{ finding: findingIn(path), path, excerpt: null }] }),
      "1.0.0",
    );
    expect(parse(text).runs[0].results[0]?.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });

  test("a gap makes the run unsuccessful", () => {
    const gaps = [{ reason: "unreadable", commit: null, path: "x", detail: "permission denied" }] as const;
    expect(parse(renderSarif(report({ gaps }), "1.0.0")).runs[0].invocations[0].executionSuccessful).toBe(
      false,
    );
    expect(parse(renderSarif(report({}), "1.0.0")).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  test("any report is valid against the schema of SARIF 2.1.0", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            path: fc.string({ unit: "binary" }),
            kind: fc.constantFrom(...KINDS),
            mode: fc.constantFrom("live", "test", null),
            place: fc.constantFrom("content", "path"),
          }),
        ),
        fc.array(
          fc.record({
            reason: fc.constantFrom(...GAP_REASONS),
            commit: fc.constant(null),
            path: fc.option(fc.string({ unit: "binary" })),
            detail: fc.string(),
          }),
        ),
        fc.array(fc.string()),
        (findings, gaps, notes) => {
          const text = renderSarif(
            report({
              findings: findings.map(({ path, ...rest }) => ({
                finding: { ...findingIn(path), ...rest },
                path,
                excerpt: null,
              })),
              gaps,
              notes,
            }),
            "1.0.0",
          );
          validate(JSON.parse(text));
          expect(validate.errors).toBe(null);
          expect(text).not.toContain(key);
        },
      ),
    );
  });

  test("the check against the schema rejects an invalid report", () => {
    expect(validate({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
  });
});
