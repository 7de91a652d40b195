import { KINDS } from "../domain/index.ts";
import type { Finding, Gap } from "../domain/index.ts";
import { adviceFor } from "./words/advice.ts";
import { kindName, kindTitle } from "./words/kind-title.ts";
import { printable, printableJson } from "./printable.ts";
import type { ReportedFinding, ScanReport } from "./scan-report.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
/** Key of the fingerprint in `partialFingerprints`; the number grows when the fingerprint is computed otherwise. */
const FINGERPRINT = "stripeCredential/v1";

/**
 * The report as SARIF 2.1.0 (OASIS standard), ending in a line feed: one rule a kind, one result a finding, one
 * notification a gap.
 *
 * @param version version of Rollcall
 */
export function renderSarif(report: ScanReport, version: string): string {
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Rollcall", semanticVersion: version, rules: rules() } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          SRCROOT: { description: { text: "The folder in which the scan was started." } },
        },
        invocations: [
          {
            executionSuccessful: report.gaps.length === 0,
            toolExecutionNotifications: [
              ...report.gaps.map(gapNotification),
              ...report.notes.map((note) => ({ level: "note", message: { text: note } })),
            ],
          },
        ],
        results: report.findings.map(result),
      },
    ],
  };
  return `${printableJson(log)}\n`;
}

function rules(): readonly object[] {
  return KINDS.map((kind) => {
    const advice = adviceFor({ kind, mode: "live", account: null });
    return {
      id: kind,
      shortDescription: { text: `Leaked ${kindName(kind)}` },
      help: { text: `${advice.text} ${advice.url}` },
      defaultConfiguration: { level: "error" },
      // Read by GitHub's code scanning for rules tagged "security": https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
      properties: {
        tags: ["security", "external/cwe/cwe-798"],
        "security-severity": "9.0",
        precision: "high",
      },
    };
  });
}

function result({ finding, path }: ReportedFinding): object {
  const inName = finding.place === "path";
  const place = inName ? " in the file's name" : "";
  const account = finding.account === null ? "" : ` Account ${finding.account}.`;
  const advice = adviceFor(finding);
  return {
    ruleId: finding.kind,
    ruleIndex: KINDS.indexOf(finding.kind),
    level: levelOf(finding),
    message: {
      text: `Leaked${place}: ${kindTitle(finding)} ${printable(finding.redacted)}.${account} ${advice.text} ${advice.url}`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(path),
          ...(inName ? {} : { region: region(finding) }),
        },
      },
    ],
    partialFingerprints: { [FINGERPRINT]: finding.fingerprint },
    properties: {
      mode: finding.mode,
      confidence: finding.confidence,
      encoding: finding.encoding,
      account: finding.account,
      accountCreated: finding.accountCreated,
      commit: finding.commit,
    },
  };
}

function region(finding: Finding): object {
  return {
    startLine: finding.line,
    startColumn: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
  };
}

function levelOf(finding: Finding): "error" | "warning" | "note" {
  if (finding.confidence === "low") {
    return "note";
  }
  return finding.mode === "test" || finding.kind === "ephemeral_key" ? "warning" : "error";
}

function gapNotification(gap: Gap): object {
  return {
    level: "error",
    message: { text: `Not read: ${gap.reason}${gap.detail === "" ? "" : ` (${gap.detail})`}` },
    ...(gap.path === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: artifactLocation(gap.path) } }] }),
  };
}

/** Any path as a URI reference (RFC 3986): relative ones under SRCROOT, absolute ones as `file:`. */
function artifactLocation(path: string): object {
  const encoded = path.toWellFormed().split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? { uri: `file://${encoded}` } : { uri: encoded, uriBaseId: "SRCROOT" };
}
