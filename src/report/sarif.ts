import { KINDS } from "../domain/plain.ts";
import type { Finding, Gap } from "../domain/index.ts";
import type { ReportFormat } from "./format.ts";
import { printable, printableJson } from "./printable.ts";
import type { ReportedFinding, ReportedOrigin, ScanReport } from "./scan-report.ts";
import { accountAge } from "./words/account-words.ts";
import { adviceFor, plainText } from "./words/advice.ts";
import type { Advice } from "./words/advice.ts";
import { localGapText } from "./words/gap-text.ts";
import { kindName, kindTitle, sentenceCase } from "./words/kind-title.ts";
import { originWords } from "./words/origin-words.ts";
import type { Urgency } from "./words/urgency.ts";

/**
 * The report in SARIF 2.1.0 (OASIS standard): one rule a kind, one result a finding, one notification a gap. Message
 * texts come from `words/`; this file knows only the shape of the format.
 */

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
/** Key of the fingerprint in `partialFingerprints`; the number grows when the fingerprint is computed differently. */
const FINGERPRINT = "stripeCredential/v1";

export const SARIF_FORMAT: ReportFormat = {
  name: "sarif",
  description: "for code scanning, version 2.1.0",
  showsExcerpts: false,
  showsDismissals: false,
  showsNotes: true,
  render: (report, { version }) => renderSarif(report, version),
};

function renderSarif(report: ScanReport, version: string): string {
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Rollcall", semanticVersion: version, rules: rules() } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          SRCROOT: { description: { text: "The folder the scan was started in." } },
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
    const advice = adviceFor({ kind, mode: "live", confidence: "certain", account: null });
    return {
      id: kind,
      shortDescription: { text: `Leaked ${kindName(kind)}` },
      help: { text: adviceText(advice) },
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

function result({ finding, path, origin }: ReportedFinding): object {
  const inName = finding.place === "path";
  const cameIn = origin === undefined ? "" : originWords(finding, origin);
  const isInFile = origin === undefined || finding.path !== null;
  const where = `${inName ? ", in the file's name" : ""}${isInFile ? "" : `, in ${printable(path)}`}${cameIn === "" ? "" : `, ${cameIn}`}`;
  const advice = adviceFor(finding);
  const account =
    finding.account === null ? "" : ` of Stripe account ${finding.account}${accountAge(finding)}`;
  const name = `${sentenceCase(kindTitle(finding))} ${printable(finding.redacted)}${account}`;
  return {
    ruleId: finding.kind,
    ruleIndex: KINDS.indexOf(finding.kind),
    level: LEVELS[advice.urgency],
    message: { text: `${name}${where}. ${adviceText(advice)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: isInFile ? artifactLocation(path) : placeInGit(finding, origin),
          ...(inName || !isInFile ? {} : { region: region(finding) }),
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
      ...(origin === undefined ? {} : { author: origin.author, date: origin.date, atTip: origin.isAtTip }),
    },
  };
}

/**
 * Code scanning refuses a report with a result that has no location. What is in no file, such as a commit message, gets a
 * path that no file of a repository can have; the message says where it is.
 */
function placeInGit({ commit }: Finding, { source }: ReportedOrigin): object {
  return { uri: `.git/${source}/${commit ?? "unknown"}`, uriBaseId: "SRCROOT" };
}

function region(finding: Finding): object {
  return {
    startLine: finding.line,
    startColumn: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
  };
}

const LEVELS: Readonly<Record<Urgency, "error" | "warning" | "note">> = {
  roll: "error",
  compare: "error",
  minor: "warning",
  replace: "warning",
  unlikely: "note",
};

function adviceText({ action, how, url }: Advice): string {
  return `${action}. ${plainText(how)} ${url}`;
}

function gapNotification(gap: Gap): object {
  return {
    level: "error",
    message: { text: `Not read: ${localGapText(gap)}` },
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
