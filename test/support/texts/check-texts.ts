import type { ScopeFinding } from "../../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION } from "../../../src/policy/index.ts";
import type { Judgement } from "../../../src/policy/index.ts";
import { inProgressCheckRun, scanFailedCheckRun } from "../../../src/report/index.ts";
import type { CheckRunReport } from "../../../src/report/index.ts";
import {
  atHead,
  elsewhere,
  judged,
  madeFinding,
  madeScope,
  madeSecret,
  madeWebhookSecret,
  PRIVATE,
  PUBLIC,
  rendered,
} from "../reported.ts";
import { everyFinding, everyGap, manyPlaces, name } from "./cases.ts";
import type { ShownText } from "./cases.ts";

function checkText(title: string, { conclusion, annotations, ...report }: CheckRunReport): ShownText {
  const notes = annotations
    .slice(0, 3)
    .map((each) => `\n[annotation, ${each.annotation_level}] ${each.title}\n${each.message}`);
  const parts = [`[${conclusion}] ${report.title}`, report.summary, report.text ?? "(no details)", ...notes];
  return { name: `CHECK: ${title}`, text: parts.join("\n\n") };
}

export function checkTexts(): ShownText[] {
  const scenarios: [string, readonly ScopeFinding[], Partial<Judgement>?, typeof PRIVATE?][] = [
    ["nothing found", []],
    ["two keys of one account", [atHead(madeFinding()), atHead(madeFinding())]],
    [
      "a key, a webhook secret, a possible key, a test key and a low one",
      [
        atHead(madeFinding()),
        atHead(madeWebhookSecret({ secret: madeSecret("whsec_").secret })),
        atHead(madeFinding({ confidence: "medium" })),
        atHead(madeFinding({ mode: "test" })),
        atHead(madeFinding({ confidence: "low" })),
      ],
    ],
    [
      "a CLI token and a key",
      [atHead(madeFinding()), atHead(madeFinding({ kind: "cli_token", mode: null, account: null }))],
    ],
    ["an earlier commit", [elsewhere()]],
    ["an earlier commit, head not read", [elsewhere({}, { headRead: false })]],
    ["two in earlier commits", [elsewhere(), elsewhere()]],
    ["one of two in an earlier commit", [elsewhere(), atHead(madeFinding())]],
    ["a commit that a force-push dropped", [elsewhere({}, { dropped: true })]],
    ["the same, public", [elsewhere({}, { dropped: true })], {}, PUBLIC],
    ["public", [atHead(madeFinding())], {}, PUBLIC],
    ["a live key in a test", [atHead(madeFinding({ path: "test/pay.test.ts" }))]],
    ...(["commit_message", "author", "path", "tag_message", "tag_name", "ref_name"] as const).map(
      (place): [string, ScopeFinding[]] => [
        `in ${place}`,
        [elsewhere({ place, path: place === "path" ? "keys/sk_live_…abcd.txt" : null })],
      ],
    ),
    ["three places", manyPlaces(3).map((finding) => atHead(finding))],
    ["1,000 places", manyPlaces(1000).map((finding) => atHead(finding))],
    ["observing", [atHead(madeFinding())], { configuration: { ...DEFAULT_CONFIGURATION, mode: "observe" } }],
    [
      "test_keys: fail",
      [atHead(madeFinding({ mode: "test" }))],
      { configuration: { ...DEFAULT_CONFIGURATION, testKeys: "fail" } },
    ],
    [
      "test_keys: ignore",
      [atHead(madeFinding({ mode: "test" }))],
      { configuration: { ...DEFAULT_CONFIGURATION, testKeys: "ignore" } },
    ],
    [
      "configuration problems",
      [atHead(madeFinding())],
      {
        configurationProblems: [
          { file: "repository", line: 4, message: "colour is not a setting that Rollcall knows." },
          { file: "owner", line: null, message: "The file could not be read." },
        ],
      },
    ],
    ["a key left to the history", [], { leftToHistory: { keys: 1, mayBeMore: false, filing: "summary" } }],
    ["keys left to the history", [], { leftToHistory: { keys: 5, mayBeMore: true, filing: "issues" } }],
    ["perhaps a key left to the history", [], { leftToHistory: { keys: 0, mayBeMore: true, filing: "off" } }],
    ["every gap", [], { scopes: [madeScope([], { coverage: { commits: 3, files: 12, gaps: everyGap() } })] }],
    ...settledScenarios(),
  ];
  return [
    ...scenarios.map(([title, found, judgement, repository]) =>
      checkText(title, rendered(judged(found, judgement), repository)),
    ),
    ...everyFinding().map((finding) => checkText(name(finding), rendered(judged([atHead(finding)])))),
    checkText("the scan failed", scanFailedCheckRun({ problem: "GitHub did not answer.", mode: "enforce" })),
    { name: "CHECK: in progress", text: Object.values(inProgressCheckRun({ commits: 3 })).join("\n\n") },
  ];
}

function settledScenarios(): [string, readonly ScopeFinding[], Partial<Judgement>][] {
  const [rolled, dismissed, allowed, expired, open] = [1, 2, 3, 4, 5].map(() => madeFinding());
  if (!rolled || !dismissed || !allowed || !expired || !open) return [];
  const issue = { number: 12, url: `${PRIVATE.url}/issues/12` };
  const inline = madeFinding({ mode: "test", allowComment: true });
  const rule = { kind: "fingerprint", reason: "account closed", file: "owner", line: 9 } as const;
  const configuration = {
    ...DEFAULT_CONFIGURATION,
    allow: [
      { ...rule, fingerprint: allowed.fingerprint, until: "2027-01-31" },
      { ...rule, fingerprint: expired.fingerprint, until: "2026-01-31", file: "owner" },
    ],
  } as const;
  const leaks = new Map([
    [rolled.fingerprint, { state: "rolled", cleared: null, issue }],
    [dismissed.fingerprint, { state: "dismissed", cleared: null, issue: null }],
    [open.fingerprint, { state: "open", cleared: null, issue }],
  ] as const);
  const settled = [rolled, dismissed, allowed, inline].map(atHead);
  return [
    ["all already handled", settled, { leaks, configuration }],
    ["an open leak with its issue", [atHead(open)], { leaks }],
    ["an allow rule that expired", [atHead(expired), ...settled], { leaks, configuration }],
  ];
}
