/**
 * Findings, scopes and verdicts for tests of policy and report, made without scanning anything: a test names only the
 * fields that matter to it. Secrets are generated and differ from call to call.
 */
import { bodyOf, createRandom } from "../../fixtures/keys.ts";
import { Secret } from "../../src/domain/index.ts";
import type { Finding, Place, ScopeFinding } from "../../src/domain/index.ts";
import { toFinding } from "../../src/detect/index.ts";
import type { Detection } from "../../src/detect/index.ts";
import { DEFAULT_CONFIGURATION, judge } from "../../src/policy/index.ts";
import type { Judgement, ScopeResult, Verdict } from "../../src/policy/index.ts";
import { renderCheckRun } from "../../src/report/index.ts";
import type { CheckRunReport } from "../../src/report/index.ts";

export const HEAD = "a".repeat(40);
export const OLDER = "b".repeat(40);
export const NOW = new Date("2026-11-21T12:00:00Z");

/** Every secret of a file of tests is another one. */
const random = createRandom("reported");

export function madeSecret(prefix = "sk_live_"): { readonly text: string; readonly secret: Secret } {
  const text = prefix + bodyOf(99, random);
  return { text, secret: new Secret(text, prefix) };
}

interface Made extends Partial<Omit<Detection, "secret">> {
  readonly secret?: Secret;
  readonly place?: Place;
  readonly commit?: string | null;
  readonly path?: string | null;
}

export function madeFinding(made: Made = {}): Finding {
  const { place = "content", commit = HEAD, path = "src/pay.ts", ...detection } = made;
  return toFinding(
    {
      kind: "secret_key",
      mode: "live",
      confidence: "certain",
      encoding: "plain",
      secret: madeSecret(detection.mode === "test" ? "sk_test_" : "sk_live_").secret,
      account: "acct_1Mq4sTeYJ0aBcDeF",
      accountCreated: "2020-12-06",
      line: 12,
      column: 18,
      endLine: 12,
      endColumn: 125,
      allowComment: false,
      ...detection,
    },
    { place, commit, path },
  );
}

/** The finding, standing in the head commit where it was found. */
export function atHead(finding: Finding): ScopeFinding {
  const { path, line, column, endLine, endColumn } = finding;
  return {
    finding,
    head: path === null || finding.place !== "content" ? null : { path, line, column, endLine, endColumn },
    headRead: true,
    dropped: false,
  };
}

/** A finding that is on no line of the head. */
export function elsewhere(made: Made = {}, known: Partial<ScopeFinding> = {}): ScopeFinding {
  const finding = madeFinding({ commit: OLDER, ...made });
  return { finding, head: null, headRead: finding.place === "content", dropped: false, ...known };
}

export function madeWebhookSecret(made: Made = {}): Finding {
  return madeFinding({ kind: "webhook_secret", mode: null, confidence: "high", account: null, ...made });
}

export function madeScope(findings: readonly ScopeFinding[], scope: Partial<ScopeResult> = {}): ScopeResult {
  return {
    scope: { kind: "push", ref: "refs/heads/main", before: null, after: HEAD },
    defaultBranch: true,
    findings,
    coverage: { commits: 3, files: 12, gaps: [] },
    ...scope,
  };
}

export function judged(findings: readonly ScopeFinding[], judgement: Partial<Judgement> = {}): Verdict {
  return judge({
    scopes: [madeScope(findings)],
    leaks: new Map(),
    configuration: DEFAULT_CONFIGURATION,
    configurationProblems: [],
    now: NOW,
    ...judgement,
  });
}

export const PRIVATE = { fullName: "acme/shop", url: "https://github.com/acme/shop", private: true };
export const PUBLIC = { ...PRIVATE, private: false };

export function rendered(verdict: Verdict, repository = PRIVATE): CheckRunReport {
  return renderCheckRun({ verdict, head: HEAD, repository });
}
