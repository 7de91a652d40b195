import { printable } from "../printable.ts";
import type { Evidence, EvidenceDrill, EvidenceFormat, EvidenceLeak } from "./evidence.ts";

/** One row for each leak, then one for each drill; both use the columns that fit them. */
const COLUMNS = [
  "record",
  "state",
  "kind",
  "mode",
  "redacted",
  "fingerprint",
  "account",
  "repositories",
  "issue",
  "found_at",
  "filed_at",
  "cleared_at",
  "cleared_by",
  "cleared_how",
  "verified",
  "seconds_to_clear",
  "steps",
  "steps_ticked",
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string | number | boolean | null>>;

export const CSV_FORMAT: EvidenceFormat = {
  name: "csv",
  description: "for a spreadsheet: one row a leak, then one row a drill",
  render: ({ leaks, drills }: Evidence) =>
    [
      [...COLUMNS],
      ...[...leaks.map(leakRow), ...drills.map(drillRow)].map((row) =>
        COLUMNS.map((name) => row[name] ?? null),
      ),
    ]
      .map((cells) => `${cells.map(cell).join(",")}\r\n`)
      .join(""),
};

function leakRow(leak: EvidenceLeak): Row {
  return {
    record: "leak",
    state: leak.state,
    kind: leak.kind,
    mode: leak.mode,
    redacted: leak.redacted,
    fingerprint: leak.fingerprint,
    account: leak.account,
    repositories: leak.repositories.join(" "),
    issue: leak.issue,
    found_at: leak.foundAt,
    filed_at: leak.filedAt,
    cleared_at: leak.clearedAt,
    cleared_by: leak.clearedBy,
    cleared_how: leak.clearedHow,
    verified: leak.verified,
    seconds_to_clear: leak.secondsToClear,
  };
}

function drillRow(drill: EvidenceDrill): Row {
  return {
    record: "drill",
    state: drill.closedAt === null ? "open" : "closed",
    repositories: drill.owner,
    issue: drill.issue,
    filed_at: drill.openedAt,
    cleared_at: drill.closedAt,
    cleared_by: drill.closedBy,
    cleared_how: drill.outcome,
    verified: false,
    seconds_to_clear: drill.secondsTaken,
    steps: drill.steps,
    steps_ticked: drill.stepsTicked,
  };
}

/**
 * With these a spreadsheet takes a cell for a formula, the full-width ones in some locales too:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** A cell by RFC 4180, always quoted, that no spreadsheet takes for a formula. */
function cell(value: string | number | boolean | null): string {
  const text = printable(value === null ? "" : String(value));
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
