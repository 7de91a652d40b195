import { gapOf } from "../../../src/domain/index.ts";
import type { PastFinding } from "../../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION, judgeHistory } from "../../../src/policy/index.ts";
import { hiddenHistoryCheck, movedHistoryCheck, renderHistoryCheck } from "../../../src/report/index.ts";
import type { CheckRunReport, HistoryCheckInput } from "../../../src/report/index.ts";
import { pastFinding } from "../past-findings.ts";
import { HEAD, madeFinding, madeWebhookSecret, NOW, OLDER, PRIVATE } from "../reported.ts";
import type { ShownText } from "./cases.ts";

function historyText(title: string, { conclusion, ...report }: CheckRunReport): ShownText {
  const parts = [`[${conclusion}] ${report.title}`, report.summary, report.text ?? "(no details)"];
  return { name: `HISTORY CHECK: ${title}`, text: parts.join("\n\n") };
}

/** What the check on a history says, in every case that changes its words. */
export function historyTexts(): ShownText[] {
  const gone = pastFinding(madeFinding({ commit: OLDER }));
  const atTip = pastFinding(madeWebhookSecret({ commit: OLDER }), { origin: { isAtTip: true } });
  const theirs = pastFinding(madeFinding(), { trust: "stranger", pulls: [7] });
  const test = pastFinding(madeFinding({ mode: "test" }));
  const gaps = [gapOf({ reason: "too_large", path: "a.bin", commit: OLDER, detail: "3 GB" })];
  const cases: readonly [string, readonly PastFinding[], Partial<HistoryCheckInput>][] = [
    ["nothing found", [], {}],
    ["one key", [gone], {}],
    ["keys of every sort", [gone, atTip, theirs, test], { gaps }],
    ["summary only", [gone], { filing: "summary" }],
    ["a trial", [gone], { filing: "summary", isTrial: true }],
    ["not read", [], { problem: "It holds 6.2 GB, and the limit is 5 GB.", readAt: null }],
  ];
  return [
    ...cases.map(([title, findings, more]) => historyText(title, renderHistoryCheck(input(findings, more)))),
    historyText("moved", movedHistoryCheck(PRIVATE.url, HEAD)),
    historyText("public", hiddenHistoryCheck()),
  ];
}

function input(findings: readonly PastFinding[], more: Partial<HistoryCheckInput>): HistoryCheckInput {
  const keys = judgeHistory({
    findings,
    leaks: new Map(),
    ignoredKeys: new Map(),
    configuration: DEFAULT_CONFIGURATION,
    now: NOW,
  });
  return {
    repository: PRIVATE,
    defaultBranch: "main",
    keys,
    filing: "issues",
    isTrial: false,
    gaps: [],
    problem: null,
    readAt: NOW,
    activities: new Map(),
    ...more,
  };
}
