import { styleText } from "node:util";
import stringWidth from "fast-string-width";
import type { Finding, Gap } from "../domain/index.ts";
import type { Excerpt } from "./excerpt.ts";
import type { ReportFormat } from "./format.ts";
import { printable } from "./printable.ts";
import type { ReportedFinding, ScanReport } from "./scan-report.ts";
import { groupOf, summaryLine } from "./terminal-summary.ts";
import type { Paint, ReportedCredential } from "./terminal-summary.ts";
import { accountAge } from "./words/account-words.ts";
import { adviceFor, plainText } from "./words/advice.ts";
import { dismissalWords } from "./words/dismissal-words.ts";
import { encodingNote } from "./words/encoding-words.ts";
import { localGapText } from "./words/gap-text.ts";
import { kindTitle, sentenceCase } from "./words/kind-title.ts";
import { originWords } from "./words/origin-words.ts";
import { mobileAppWarning } from "./words/mobile-app.ts";

/**
 * The report for a person: a paragraph for each credential with its places and what to do, one line for each that is
 * probably none, what was not read, and a summary line. Every text from outside passes through `printable`.
 */

/** Places of one credential; the rest is counted. */
const MAX_PLACES = 20;
/** Gaps; the rest is counted. */
const MAX_GAPS = 50;

export const TEXT_FORMAT: ReportFormat = {
  name: "text",
  description: "for people",
  showsExcerpts: true,
  showsDismissals: true,
  showsNotes: true,
  render: (report, { colour }) => renderTerminal(report, colour),
};

function renderTerminal(report: ScanReport, colour: boolean): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const credentials = groupOf(report.findings);
  const likely = credentials.filter(({ urgency }) => urgency !== "unlikely");
  const unlikely = credentials.filter(({ urgency }) => urgency === "unlikely");
  const paragraphs = [
    ...likely.map((credential) => credentialParagraph(credential, paint)),
    ...unlikelyParagraphs(unlikely, paint),
    ...dismissalParagraph(report, paint),
    ...gapParagraph(report.gaps, paint),
    summaryLine(report, credentials, paint),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function credentialParagraph({ first, places, urgency }: ReportedCredential, paint: Paint): string {
  const { finding } = first;
  const pressing = urgency === "roll" || urgency === "compare";
  const lines = [
    `${paint(["bold", pressing ? "red" : "yellow"], sentenceCase(kindTitle(finding)))}  ${paint("bold", printable(finding.redacted))}  ${paint("dim", `confidence: ${finding.confidence}`)}`,
    paint("dim", `  ${identity(finding)}`),
  ];
  for (const place of places.slice(0, MAX_PLACES)) lines.push(...placeLines(place, paint));

  if (places.length > MAX_PLACES)
    lines.push(`  and ${places.length - MAX_PLACES} more places (--format json lists all)`);

  lines.push(...adviceLines(finding, paint));
  const app = mobileAppWarning([finding.path]);
  if (app !== null) lines.push(`    ${app}`);

  if (pressing) lines.push("    If it was ever pushed or shared, deleting it does not help.");

  return lines.join("\n");
}

function adviceLines(finding: Finding, paint: Paint): string[] {
  const { action, how, url } = adviceFor(finding);
  return [
    `  ${paint("cyan", "→")} ${paint("bold", `${action}.`)} ${plainText(how)}`,
    `    ${paint("underline", url)}`,
  ];
}

/** One line for each string, however often it was found, under each advice. */
function unlikelyParagraphs(unlikely: readonly ReportedCredential[], paint: Paint): string[] {
  const byAdvice = Map.groupBy(unlikely, ({ first }) => JSON.stringify(adviceFor(first.finding)));
  return [...byAdvice.values()].flatMap((credentials) => {
    const [first] = credentials;
    return first === undefined
      ? []
      : [
          [
            paint("bold", "Probably not Stripe credentials (low confidence)"),
            ...credentials.map((credential) => unlikelyLine(credential, paint)),
            ...adviceLines(first.first.finding, paint),
          ].join("\n"),
        ];
  });
}

function unlikelyLine({ first, places }: ReportedCredential, paint: Paint): string {
  const { finding, path } = first;
  const at =
    finding.place === "path" ? printable(path) : `${printable(path)}:${finding.line}:${finding.column}`;
  const where = places.length === 1 ? at : `${places.length} places, the first at ${at}`;
  return `  ${paint("bold", printable(finding.redacted))}  ${kindTitle(finding)}, ${where}`;
}

function identity(finding: Finding): string {
  const account =
    finding.account === null ? "" : `account ${printable(finding.account)}${accountAge(finding)} · `;
  return `${account}fingerprint ${finding.fingerprint}`;
}

function placeLines({ finding, path, excerpt, origin }: ReportedFinding, paint: Paint): string[] {
  const encoding = paint("dim", encodingNote(finding.encoding));
  const words = origin === undefined ? "" : originWords(finding, origin);
  const where = words === "" ? [] : [paint("dim", `    ${words}`)];
  if (finding.place === "path")
    return [`  ${printable(path)}${encoding}  ${paint("dim", "in the name itself")}`, ...where];

  const head = `  ${printable(path)}:${finding.line}:${finding.column}${encoding}`;
  return [head, ...(excerpt === null ? [] : excerptLines(excerpt, finding.line, paint)), ...where];
}

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

function dismissalParagraph({ dismissals }: ScanReport, paint: Paint): string[] {
  if (dismissals === null) return [];

  if (dismissals.length === 0) return ["Nothing else looked like a Stripe credential."];

  return [
    [
      paint("bold", "Looked like a Stripe credential, but is not a leak"),
      ...dismissals.map(
        ({ path, dismissal }) =>
          `  ${printable(path)}:${dismissal.line}:${dismissal.column}  ${printable(dismissal.redacted)}\n    ${sentenceCase(dismissalWords(dismissal.reason))}. ${printable(dismissal.explanation)}`,
      ),
    ].join("\n"),
  ];
}

function gapParagraph(gaps: readonly Gap[], paint: Paint): string[] {
  if (gaps.length === 0) return [];

  const lines = gaps
    .slice(0, MAX_GAPS)
    .map((gap) => `  ${gap.path === null ? "" : `${printable(gap.path)}: `}${printable(localGapText(gap))}`);
  if (gaps.length > MAX_GAPS) lines.push(`  and ${gaps.length - MAX_GAPS} more`);

  return [[paint(["bold", "red"], "Not read, so this scan is incomplete"), ...lines].join("\n")];
}
