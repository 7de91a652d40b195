import { styleText } from "node:util";
import stringWidth from "string-width";
import type { Finding, Gap } from "../domain/index.ts";
import { adviceFor } from "./words/advice.ts";
import type { Excerpt } from "./excerpt.ts";
import { kindTitle } from "./words/kind-title.ts";
import { printable } from "./printable.ts";
import type { ReportedFinding, ScanReport } from "./scan-report.ts";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Places of one credential that are listed; the rest is counted. */
const PLACES_SHOWN = 20;
/** Gaps and notes' lines that are listed; the rest is counted. */
const GAPS_SHOWN = 50;

/**
 * The report for a person: one paragraph a credential with all its places, what to do about it, what was not read,
 * and a summary line. Every text from outside passes through `printable`.
 *
 * @param colour whether escapes for colour may be used
 */
export function renderTerminal(report: ScanReport, colour: boolean): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const paragraphs = [
    ...byCredential(report.findings).map((findings) => credentialParagraph(findings, paint)),
    ...dismissalParagraph(report, paint),
    ...gapParagraph(report.gaps, paint),
    summary(report, paint),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** Findings by credential, those to act on first; a credential stands where its first finding stood. */
function byCredential(findings: readonly ReportedFinding[]): readonly (readonly ReportedFinding[])[] {
  const groups = Map.groupBy(findings, ({ finding }) => `${finding.kind} ${finding.fingerprint}`);
  return [...groups.values()].sort((left, right) => weight(left) - weight(right));
}

function weight(group: readonly ReportedFinding[]): number {
  return group.reduce((least, { finding }) => Math.min(least, weightOf(finding)), 2);
}

/** 0 to act on now, 1 of a test mode or short-lived, 2 of low confidence. */
function weightOf(finding: Finding): number {
  if (finding.confidence === "low") {
    return 2;
  }
  return finding.mode === "test" || finding.kind === "ephemeral_key" ? 1 : 0;
}

function credentialParagraph(group: readonly ReportedFinding[], paint: Paint): string {
  const [first] = group;
  if (first === undefined) {
    return "";
  }
  const { finding } = first;
  const urgent = weight(group) === 0;
  const title = sentenceCase(kindTitle(finding));
  const lines = [
    `${paint(["bold", urgent ? "red" : "yellow"], title)}  ${paint("bold", printable(finding.redacted))}  ${paint("dim", `confidence: ${finding.confidence}`)}`,
    paint("dim", `  ${identity(first)}`),
  ];
  for (const place of group.slice(0, PLACES_SHOWN)) {
    lines.push(...placeLines(place, paint));
  }
  if (group.length > PLACES_SHOWN) {
    lines.push(`  and ${group.length - PLACES_SHOWN} more places (--format json lists all)`);
  }
  const advice = adviceFor(finding);
  lines.push(`  ${paint("cyan", "→")} ${advice.text}`, `    ${paint("underline", advice.url)}`);
  return lines.join("\n");
}

function identity({ finding }: ReportedFinding): string {
  const parts = [`fingerprint ${finding.fingerprint}`];
  if (finding.account !== null) {
    const made = finding.accountCreated === null ? "" : ` (made ${finding.accountCreated})`;
    parts.unshift(`account ${printable(finding.account)}${made}`);
  }
  return parts.join(" · ");
}

function placeLines({ finding, path, excerpt }: ReportedFinding, paint: Paint): string[] {
  const encoding =
    finding.encoding === "plain" ? "" : paint("dim", `  (${ENCODING_WORDS[finding.encoding]})`);
  if (finding.place === "path") {
    return [`  ${printable(path)}${encoding}  ${paint("dim", "in the name itself")}`];
  }
  const head = `  ${printable(path)}:${finding.line}:${finding.column}${encoding}`;
  return excerpt === null ? [head] : [head, ...excerptLines(excerpt, finding.line, paint)];
}

const ENCODING_WORDS = {
  plain: "plain",
  escaped: "escaped",
  url: "URL-encoded",
  base64: "base64",
  utf16: "UTF-16",
  hex: "hexadecimal",
  joined: "joined from pieces",
} as const;

function excerptLines({ before, marked, after }: Excerpt, line: number, paint: Paint): string[] {
  const number = String(line).padStart(7);
  const indent = " ".repeat(stringWidth(before));
  const carets = "^".repeat(Math.max(1, stringWidth(marked)));
  const bar = paint("dim", "│");
  return [
    `${paint("dim", number)} ${bar} ${before}${paint("bold", marked)}${after}`,
    `${" ".repeat(7)} ${bar} ${indent}${paint("red", carets)}`,
  ];
}

function dismissalParagraph(report: ScanReport, paint: Paint): string[] {
  if (report.dismissals === null) {
    return [];
  }
  if (report.dismissals.length === 0) {
    return ["Nothing that looked like a Stripe credential was judged to be none."];
  }
  return [
    [
      paint("bold", "Judged not to be a leak"),
      ...report.dismissals.map(
        ({ path, dismissal }) =>
          `  ${printable(path)}:${dismissal.line}:${dismissal.column}  ${printable(dismissal.redacted)}\n    ${dismissal.reason}: ${printable(dismissal.explanation)}`,
      ),
    ].join("\n"),
  ];
}

function gapParagraph(gaps: readonly Gap[], paint: Paint): string[] {
  if (gaps.length === 0) {
    return [];
  }
  const lines = gaps
    .slice(0, GAPS_SHOWN)
    .map(
      (gap) =>
        `  ${gap.path === null ? "" : `${printable(gap.path)}: `}${gap.reason}${gap.detail === "" ? "" : ` (${printable(gap.detail)})`}`,
    );
  if (gaps.length > GAPS_SHOWN) {
    lines.push(`  and ${gaps.length - GAPS_SHOWN} more`);
  }
  return [[paint(["bold", "red"], "Not read, so this scan is incomplete"), ...lines].join("\n")];
}

function summary(report: ScanReport, paint: Paint): string {
  const read = `${count(report.files, "file")}, ${size(report.bytes)} read in ${report.seconds.toFixed(1)} s`;
  const keys = byCredential(report.findings);
  const incomplete =
    report.gaps.length === 0 ? "" : ` ${paint("red", `Incomplete: ${count(report.gaps.length, "gap")}.`)}`;
  const found =
    keys.length === 0
      ? report.gaps.length === 0
        ? paint("green", "No leaked Stripe credential found.")
        : "No leaked Stripe credential found in what was read."
      : paint(
          "bold",
          `${count(keys.length, "leaked credential")} (${tally(keys)}) in ${count(report.findings.length, "place")}.`,
        );
  const notes = report.notes.map((note) => paint("dim", `note: ${printable(note)}\n`)).join("");
  return `${notes}${found}${incomplete} ${paint("dim", `${read}.`)}`;
}

/** `2 live, 1 test or short-lived, 1 of low confidence`. */
function tally(keys: readonly (readonly ReportedFinding[])[]): string {
  const groups = Map.groupBy(keys, weight);
  return [
    [groups.get(0)?.length ?? 0, "to roll now"] as const,
    [groups.get(1)?.length ?? 0, "test or short-lived"] as const,
    [groups.get(2)?.length ?? 0, "of low confidence"] as const,
  ]
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(", ");
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  if (bytes < 1000) {
    return count(bytes, "byte");
  }
  const units = ["kB", "MB", "GB", "TB"] as const;
  let value = bytes / 1000;
  let unit: string = "kB";
  for (const next of units) {
    unit = next;
    if (value < 1000) {
      break;
    }
    value /= 1000;
  }
  return `${value.toFixed(1)} ${unit}`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
