import { describe, expect, test } from "vitest";
import { GAP_REASONS } from "../../../src/domain/index.ts";
import type { Judgement } from "../../../src/policy/index.ts";
import { judged, madeScope, OLDER, rendered } from "../../support/reported.ts";

describe("a gap says what to do now", () => {
  const gapsOf = (...reasons: readonly (typeof GAP_REASONS)[number][]): Pick<Judgement, "scopes"> => ({
    scopes: [
      madeScope([], {
        coverage: {
          commits: 3,
          files: 12,
          gaps: reasons.map((reason, index) => ({
            reason,
            commit: OLDER,
            path: `f${index}.sql`,
            detail: "",
          })),
        },
      }),
    ],
  });

  test.each(GAP_REASONS)("%s", (reason) => {
    const { summary } = rendered(judged([], gapsOf(reason)));
    expect(summary).toMatch(
      /^- \*\*[A-Z][^*]+:\*\* .*(?:\*\*Re-run\*\*|[Pp]ush|rewrite the commit|[Rr]eview it by hand|Roll the listed keys)/m,
    );
  });

  test("is given once for each reason, before the places", () => {
    const { summary } = rendered(judged([], gapsOf("too_large", "too_large", "timeout")));
    expect(summary.match(/^- \*\*/gm)).toHaveLength(2);
    expect(summary.match(/^\| \[`f/gm)).toHaveLength(3);
  });
});
