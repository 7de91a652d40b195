import { CONFIDENCES, GAP_REASONS, KINDS, MODES } from "../../src/domain/index.ts";
import type { Finding, Gap, ScopeFinding } from "../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION } from "../../src/policy/index.ts";
import type { Judgement } from "../../src/policy/index.ts";
import {
  FORMATS,
  inProgressCheckRun,
  renderIssue,
  renderManyKeysIssue,
  scanFailedCheckRun,
} from "../../src/report/index.ts";
import type { CheckRunReport, IssueReport, LeakRecord, ScanReport } from "../../src/report/index.ts";
import {
  atHead,
  elsewhere,
  HEAD,
  judged,
  madeFinding,
  madeScope,
  madeSecret,
  madeWebhookSecret,
  OLDER,
  PRIVATE,
  PUBLIC,
  rendered,
} from "./reported.ts";

/** One text that a person may get to read, with the case it is for. */
export interface ShownText {
  readonly name: string;
  readonly text: string;
}

const PREFIXES: Readonly<Record<Finding["kind"], string>> = {
  secret_key: "sk_live_",
  restricted_key: "rk_live_",
  organization_key: "sk_org_live_",
  webhook_secret: "whsec_",
  cli_token: "oak_",
  sandbox_key: "rkcs_test_",
  connect_token: "rt_",
  app_secret: "absec_",
  ephemeral_key: "ek_live_",
  legacy_key: "",
};

/** A finding of each kind, mode and confidence. */
export function everyFinding(): Finding[] {
  return KINDS.flatMap((kind) =>
    [...MODES, null].flatMap((mode) =>
      CONFIDENCES.map((confidence) => {
        const prefix = mode === "test" ? PREFIXES[kind].replace("live", "test") : PREFIXES[kind];
        const named = kind === "secret_key" || kind === "restricted_key" || kind === "ephemeral_key";
        const account = named ? {} : { account: null, accountCreated: null };
        return madeFinding({ kind, mode, confidence, secret: madeSecret(prefix).secret, ...account });
      }),
    ),
  );
}

export function leakOf(finding: Finding, ...more: Finding[]): LeakRecord {
  const locations = [finding, ...more].map(({ place, commit, path, line }) => ({
    repository: { fullName: PRIVATE.fullName, url: PRIVATE.url },
    place,
    commit,
    path,
    line,
  }));
  return { ...finding, locations };
}

export function scanReportOf(findings: readonly Finding[], parts: Partial<ScanReport> = {}): ScanReport {
  return {
    findings: findings.map((finding) => ({ finding, path: finding.path ?? "<stdin>", excerpt: null })),
    dismissals: null,
    gaps: [],
    notes: [],
    files: 1,
    bytes: 1,
    seconds: 0,
    ...parts,
  };
}

/** Every sort of text, in every case that changes its words. */
export function everyText(): ShownText[] {
  return [...checkTexts(), ...issueTexts(), ...terminalTexts()];
}

function name({ kind, mode, confidence }: Finding): string {
  return `${kind}, ${mode ?? "no mode"}, ${confidence}`;
}

function checkText(title: string, { conclusion, annotations, ...report }: CheckRunReport): ShownText {
  const notes = annotations
    .slice(0, 3)
    .map((each) => `\n[annotation, ${each.annotation_level}] ${each.title}\n${each.message}`);
  const parts = [`[${conclusion}] ${report.title}`, report.summary, report.text ?? "(no details)", ...notes];
  return { name: `CHECK: ${title}`, text: parts.join("\n\n") };
}

function checkTexts(): ShownText[] {
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
  const rule = { kind: "fingerprint", reason: "account closed", file: "repository", line: 9 } as const;
  const configuration = {
    ...DEFAULT_CONFIGURATION,
    allow: [
      { ...rule, fingerprint: allowed.fingerprint, until: "2027-01-31" },
      { ...rule, fingerprint: expired.fingerprint, until: "2026-01-31", file: "owner" },
    ],
  } as const;
  const leaks = new Map([
    [rolled.fingerprint, { state: "rolled", issue }],
    [dismissed.fingerprint, { state: "dismissed", issue: null }],
    [open.fingerprint, { state: "open", issue }],
  ] as const);
  const settled = [rolled, dismissed, allowed, inline].map(atHead);
  return [
    ["all already handled", settled, { leaks, configuration }],
    ["an open leak with its issue", [atHead(open)], { leaks }],
    ["an allow rule that expired", [atHead(expired), ...settled], { leaks, configuration }],
  ];
}

function manyPlaces(number: number): Finding[] {
  const { secret } = madeSecret();
  return Array.from({ length: number }, (_, index) =>
    madeFinding({ secret, path: `src/pay-${index}.ts`, line: index + 1 }),
  );
}

function everyGap(): Gap[] {
  return [
    ...GAP_REASONS.map((reason, index) => ({
      reason,
      commit: index % 2 === 0 ? HEAD : OLDER,
      path: `f${index}.sql`,
      detail: "",
    })),
    { reason: "too_large", commit: HEAD, path: "dump.sql", detail: "11.2 MB, the limit is 10 MB" },
    { reason: "api_failed", commit: HEAD, path: null, detail: "" },
    { reason: "too_many_commits", commit: null, path: null, detail: "" },
  ];
}

function issueText(title: string, { title: heading, body }: IssueReport): ShownText {
  return { name: `ISSUE: ${title}`, text: `[title] ${heading}\n\n${body}` };
}

function issueTexts(): ShownText[] {
  const common = { marker: "ab".repeat(16), labels: [], previousBody: null };
  const places = (number: number) => {
    const [first, ...others] = manyPlaces(number);
    return leakOf(first ?? madeFinding(), ...others);
  };
  const opened = everyFinding().filter(({ confidence }) => confidence !== "low");
  const visibilities = ["private", "public"] as const;
  const many = (number: number) => Array.from({ length: number }, () => leakOf(madeFinding()));
  return [
    ...opened.flatMap((finding) =>
      visibilities.map((visibility) =>
        issueText(
          `${visibility}, ${name(finding)}`,
          renderIssue({ ...common, leak: leakOf(finding), visibility }),
        ),
      ),
    ),
    ...[3, 1000].map((number) =>
      issueText(`${number} places`, renderIssue({ ...common, leak: places(number), visibility: "private" })),
    ),
    ...visibilities.map((visibility) =>
      issueText(
        `many keys, ${visibility}`,
        renderManyKeysIssue({
          ...common,
          leaks: [...many(21), leakOf(madeWebhookSecret())],
          markers: Array.from({ length: 22 }, () => "ab".repeat(16)),
          visibility,
        }),
      ),
    ),
  ];
}

function terminalTexts(): ShownText[] {
  const reports: [string, ScanReport][] = [
    ["nothing", scanReportOf([])],
    [
      "every gap",
      scanReportOf([], { gaps: everyGap(), notes: ["2 paths were skipped because of --exclude"] }),
    ],
    ...everyFinding().map((finding): [string, ScanReport] => [name(finding), scanReportOf([finding])]),
    ["1,000 places", scanReportOf(manyPlaces(1000))],
    [
      "low, 154 times",
      scanReportOf([
        madeFinding(),
        ...manyPlaces(154).map((finding): Finding => ({ ...finding, confidence: "low", mode: "test" })),
      ]),
    ],
    [
      "with --explain",
      scanReportOf([], {
        dismissals: [
          {
            path: "a.ts",
            dismissal: {
              reason: "other_vendor",
              explanation: "A key of Paystack: 40 hexadecimal digits.",
              redacted: "sk_live_…abcd",
              line: 3,
              column: 4,
            },
          },
        ],
      }),
    ],
  ];
  return FORMATS.filter(({ name: format }) => format !== "json").flatMap((format) =>
    reports.map(([title, report]) => ({
      name: `${format.name.toUpperCase()}: ${title}`,
      text: format.render(report, { colour: false, version: "1.0.0" }),
    })),
  );
}
