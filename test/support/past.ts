import type { HistoryRead } from "../../src/scan/index.ts";
import { madeFinding } from "./reported.ts";

/** A finding as the process that reads histories tells it: in `main`, unless only pull requests have it. */
export function readPast(
  fingerprint: string,
  told: Partial<HistoryRead["findings"][number]> = {},
): HistoryRead["findings"][number] {
  const { pulls = [], isOnlyInPulls = pulls.length > 0 } = told;
  const branches = isOnlyInPulls ? [] : ["main"];
  const ref = isOnlyInPulls ? `refs/pull/${pulls[0] ?? 1}/head` : null;
  const origin = { author: "Ann", date: null, isAtTip: false, branches, hasMoreBranches: false, ref };
  return {
    finding: { ...madeFinding(), fingerprint },
    origin: { ...origin, source: "file" },
    pulls,
    isOnlyInPulls,
    ...told,
  };
}

export const NOTHING_READ: HistoryRead = {
  findings: [],
  gaps: [],
  holders: [],
  atTip: [],
  objects: 0,
  bytes: 0,
};
