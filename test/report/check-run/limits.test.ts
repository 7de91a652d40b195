import { describe, expect, test } from "vitest";
import type { Gap } from "../../../src/domain/index.ts";
import {
  atHead,
  judged,
  madeFinding,
  madeScope,
  madeSecret,
  OLDER,
  rendered,
} from "../../support/reported.ts";
import { fileGap } from "../../support/coverage-gaps.ts";

describe("within GitHub's limits", () => {
  const hostile = `${"\u{10ffff}|`".repeat(80)}${"x".repeat(400)}`;
  test.each([50, 201, 5000])("%i findings", (number) => {
    const { secret } = madeSecret();
    const found = Array.from({ length: number }, (_, index) =>
      atHead(
        madeFinding({
          ...(index % 2 === 0 ? { secret } : {}),
          path: `${hostile}/${index}.ts`,
          commit: OLDER,
        }),
      ),
    );
    const gaps = found.map(({ finding }): Gap => ({ ...fileGap, path: finding.path, detail: hostile }));
    const configurationProblems = found.map(() => ({
      file: "repository" as const,
      line: 1,
      message: hostile,
    }));
    const verdict = judged(found, {
      scopes: [madeScope(found, { coverage: { commits: 1, files: 1, gaps } })],
      configurationProblems,
    });
    const report = rendered(verdict);
    expect(report.annotations).toHaveLength(Math.min(200, number));
    expect(report.title.length).toBeLessThanOrEqual(255);
    for (const text of [report.summary, report.text ?? ""])
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);

    for (const { title, message } of report.annotations) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(65_536);
    }
    expect(report.summary.includes(`${(number - 200).toLocaleString("en-US")} more line`)).toBe(number > 200);
    expect(report.summary).toMatch(/\| and \d+ more \|/);
  });
});
