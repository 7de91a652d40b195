import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNeutralIssue, markersOf, renderNeutralIssue } from "../../../src/report/index.ts";

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);

function neutral(marker: string, previousBody: string | null = null) {
  return renderNeutralIssue({ marker, labels: ["security"], previousBody });
}

describe("the neutral issue of a public repository", () => {
  test("differs from that of another repository only in its hidden lines and its title", () => {
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        expect(neutral(one).body.replaceAll(one, "")).toBe(neutral(other).body.replaceAll(other, ""));
      }),
    );
  });

  test("its title names neither Stripe nor a key, and is not the same everywhere", () => {
    const titles = new Set<string>();
    fc.assert(
      fc.property(hex, (marker) => {
        const { title } = neutral(marker);
        titles.add(title);
        expect(title).not.toMatch(/stripe|key|secret|leak|roll|credential|[0-9]/i);
        expect(title).not.toContain("undefined");
      }),
      { numRuns: 500 },
    );
    expect(titles.size).toBeGreaterThan(30);
  });

  test("its text gives no fact of a leak", () => {
    const { body } = neutral("ab".repeat(32));
    expect(body).not.toMatch(
      /acct_|sk_live|whsec_|fingerprint|rollcall:|@|\bfound\b|leaked|still (?:active|works)/i,
    );
  });

  test("is known by its marker, and holds none of the markers of private issues", () => {
    const marker = "ab".repeat(32);
    const { body } = neutral(marker);
    expect(isNeutralIssue(body, marker)).toBe(true);
    expect(isNeutralIssue(body, "cd".repeat(32))).toBe(false);
    expect(isNeutralIssue(`> ${body.split("\n")[0]}\n`, marker)).toBe(false);
    expect(markersOf(body)).toEqual([]);
  });

  test("says what to do, where the details are and how it ends", () => {
    const { body } = neutral("ab".repeat(32));
    expect(body).toContain("**Roll every live Stripe key that this repository has used.**");
    expect(body).toContain("**Rotate key** (older screens: **Roll key**)");
    expect(body).toContain("set the expiration to **Now**");
    expect(body).toContain("**Roll secret**");
    expect(body).toContain("issues: repository: OWNER/NAME");
    expect(body).toContain("Close it as completed once every live key is rolled.");
  });

  test("keeps what people wrote above and below", () => {
    const marker = "ab".repeat(32);
    const edited = `Above\r\n${neutral(marker).body}Below`;
    expect(neutral(marker, edited).body).toBe(edited);
  });
});
