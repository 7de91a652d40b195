/** Findings of a history for tests of policy and report, made without reading one. */
import type { Finding, Origin, PastFinding } from "../../src/domain/index.ts";

const ORIGIN: Origin = {
  author: "Ann Example <ann@example.com>",
  date: "2019-03-04T10:20:30+01:00",
  isAtTip: false,
  branches: ["main"],
  hasMoreBranches: false,
  ref: null,
  source: "file",
};

interface Made extends Partial<Omit<PastFinding, "finding" | "origin">> {
  readonly origin?: Partial<Origin>;
}

export function pastFinding(finding: Finding, { origin, ...made }: Made = {}): PastFinding {
  return { finding, origin: { ...ORIGIN, ...origin }, trust: "writer", pulls: [], ...made };
}
