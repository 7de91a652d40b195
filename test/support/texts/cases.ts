import { CONFIDENCES, GAP_REASONS, KINDS, MODES } from "../../../src/domain/index.ts";
import type { Finding, Gap } from "../../../src/domain/index.ts";
import type { LeakRecord, ScanReport } from "../../../src/report/index.ts";
import { HEAD, madeFinding, madeSecret, OLDER, PRIVATE } from "../reported.ts";

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
  return {
    ...finding,
    locations,
    locationCount: locations.length,
    countIsLeast: false,
    firstSeen: new Date("2026-11-20T08:05:00Z"),
    lastSeen: new Date("2026-11-21T12:00:00Z"),
    broughtBy: "ann",
  };
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

export function name({ kind, mode, confidence }: Finding): string {
  return `${kind}, ${mode ?? "no mode"}, ${confidence}`;
}

export function manyPlaces(number: number): Finding[] {
  const { secret } = madeSecret();
  return Array.from({ length: number }, (_, index) =>
    madeFinding({ secret, path: `src/pay-${index}.ts`, line: index + 1 }),
  );
}

export function everyGap(): Gap[] {
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
