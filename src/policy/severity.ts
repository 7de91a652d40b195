import type { Confidence, Finding, Kind, Mode } from "../domain/index.ts";
import type { Configuration, LowConfidenceSetting } from "./configuration/configuration.ts";

/**
 * The table of what each kind of finding does, and how the configuration may change it. The advice for
 * people is in the report.
 */

/** What a finding does before the configuration is applied. */
interface Severity {
  /** The setting that may change it; null for none. */
  readonly setting: "testKeys" | "webhookSecrets" | null;
  /** The strongest effect it can have. The setting may only weaken it. */
  readonly atMost: "fail" | "warn";
  /** Whether the setting `low_confidence` applies too. The weaker of the two counts. */
  readonly low: boolean;
  /** Whether a remediation issue is opened for it when it fails the check. */
  readonly opensIssue: boolean;
}

type ByConfidence = Readonly<Record<Confidence, Severity>>;

function byConfidence(sure: Severity, medium: Severity): ByConfidence {
  return {
    certain: sure,
    high: sure,
    medium,
    low: { ...sure, low: true, opensIssue: false },
  };
}

const LIVE: Severity = { setting: null, atMost: "fail", low: false, opensIssue: true };
const TEST: Severity = { setting: "testKeys", atMost: "fail", low: false, opensIssue: false };
const WEBHOOK: Severity = { setting: "webhookSecrets", atMost: "fail", low: false, opensIssue: true };
/** Only the Stripe CLI's webhook secret, which signs for a local listener, is found with medium confidence. */
const CLI_WEBHOOK: Severity = { setting: "webhookSecrets", atMost: "warn", low: false, opensIssue: false };
const SHORT_LIVED: Severity = { setting: null, atMost: "warn", low: false, opensIssue: false };

const live = byConfidence(LIVE, LIVE);
const test = byConfidence(TEST, TEST);
const webhook = byConfidence(WEBHOOK, CLI_WEBHOOK);
const shortLived = byConfidence(SHORT_LIVED, SHORT_LIVED);

/** A credential without a mode counts as live, to be safe. */
const secret = { live, test, none: live } as const;

/** Kind × mode × confidence, complete. `none` is mode `null`. */
const SEVERITIES: Readonly<Record<Kind, Readonly<Record<"live" | "test" | "none", ByConfidence>>>> = {
  secret_key: secret,
  restricted_key: secret,
  organization_key: secret,
  cli_token: secret,
  legacy_key: secret,
  connect_token: secret,
  app_secret: secret,
  webhook_secret: { live: webhook, test: webhook, none: webhook },
  sandbox_key: { live: test, test, none: test },
  ephemeral_key: { live: shortLived, test, none: shortLived },
};

export interface Outcome {
  readonly annotation: "failure" | "warning" | "notice" | null;
  readonly effect: "failure" | "neutral" | "none";
  readonly opensIssue: boolean;
}

const OUTCOMES: Readonly<Record<LowConfidenceSetting, Omit<Outcome, "opensIssue">>> = {
  fail: { annotation: "failure", effect: "failure" },
  warn: { annotation: "warning", effect: "neutral" },
  notice: { annotation: "notice", effect: "none" },
  ignore: { annotation: null, effect: "none" },
};

const STRENGTHS = ["ignore", "notice", "warn", "fail"] as const satisfies readonly LowConfidenceSetting[];

/** What the finding does under the configuration. `ignoredBy` names the setting that ignores it, or is null. */
export function outcomeOf(
  finding: Pick<Finding, "kind" | "mode" | "confidence">,
  configuration: Configuration,
): Outcome & { readonly ignoredBy: string | null } {
  const severity = severityOf(finding.kind, finding.mode, finding.confidence);
  const limits: { readonly strength: LowConfidenceSetting; readonly source: string }[] = [
    { strength: severity.atMost, source: "" },
  ];
  if (severity.setting === "testKeys") limits.push({ strength: configuration.testKeys, source: "test_keys" });

  if (severity.setting === "webhookSecrets")
    limits.push({ strength: configuration.webhookSecrets, source: "webhook_secrets" });

  if (severity.low) limits.push({ strength: configuration.lowConfidence, source: "low_confidence" });

  const weakest = limits.reduce((least, limit) =>
    STRENGTHS.indexOf(limit.strength) < STRENGTHS.indexOf(least.strength) ? limit : least,
  );
  return {
    ...OUTCOMES[weakest.strength],
    opensIssue: severity.opensIssue && weakest.strength === "fail" && configuration.mode === "enforce",
    ignoredBy: weakest.strength === "ignore" ? weakest.source : null,
  };
}

function severityOf(kind: Kind, mode: Mode, confidence: Confidence): Severity {
  return SEVERITIES[kind][mode ?? "none"][confidence];
}
