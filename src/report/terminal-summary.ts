import type { styleText } from "node:util";
import { printable } from "./printable.ts";
import type { ReportedFinding, ScanReport } from "./scan-report.ts";
import { URGENCIES, urgencyOf } from "./words/urgency.ts";
import type { Urgency } from "./words/urgency.ts";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** One credential with all its places, in the order in which they were found. */
export interface ReportedCredential {
  readonly first: ReportedFinding;
  readonly places: readonly ReportedFinding[];
  /** Of the most pressing place. */
  readonly urgency: Urgency;
}

/** Findings by credential, the most pressing first; `first` is the most pressing place. */
export function groupOf(findings: readonly ReportedFinding[]): readonly ReportedCredential[] {
  const groups = Map.groupBy(findings, ({ finding }) => `${finding.kind} ${finding.fingerprint}`);
  return [...groups.values()]
    .flatMap(credentialOf)
    .sort((left, right) => rankOf(left.urgency) - rankOf(right.urgency));
}

function credentialOf(places: readonly ReportedFinding[]): ReportedCredential[] {
  const [first] = places.toSorted(
    (left, right) => rankOf(urgencyOf(left.finding)) - rankOf(urgencyOf(right.finding)),
  );
  return first === undefined ? [] : [{ first, places, urgency: urgencyOf(first.finding) }];
}

function rankOf(urgency: Urgency): number {
  return URGENCIES.indexOf(urgency);
}

const TALLY_WORDS: Readonly<Record<Urgency, string>> = {
  roll: "to roll now",
  compare: "to check now",
  minor: "short-lived or for one machine only",
  replace: "for test data only",
  unlikely: "probably not Stripe's",
};

/** The notes, then what was found, whether all was read, and how much that was. */
export function summaryLine(
  report: ScanReport,
  credentials: readonly ReportedCredential[],
  paint: Paint,
): string {
  const notes = report.notes.map((note) => paint("dim", `note: ${printable(note)}\n`)).join("");
  const incomplete =
    report.gaps.length === 0 ? "" : ` ${paint("red", `Incomplete: ${count(report.gaps.length, "gap")}.`)}`;
  const read = `Read ${count(report.files, "file")}, ${size(report.bytes)}, in ${report.seconds.toFixed(1)} s.`;
  return `${notes}${foundWords(report, credentials, paint)}${incomplete} ${paint("dim", read)}`;
}

function foundWords(report: ScanReport, credentials: readonly ReportedCredential[], paint: Paint): string {
  if (credentials.length > 0) {
    const found = `Found ${count(credentials.length, "credential")} in ${count(report.findings.length, "place")}`;
    return paint("bold", `${found}: ${tally(credentials)}.`);
  }
  return report.gaps.length === 0
    ? paint("green", "Found no Stripe credentials.")
    : "Found no Stripe credentials in what was read.";
}

/** `2 to roll now, 1 for test data only`. */
function tally(credentials: readonly ReportedCredential[]): string {
  const groups = Map.groupBy(credentials, ({ urgency }) => urgency);
  return URGENCIES.flatMap((urgency) => {
    const number = groups.get(urgency)?.length ?? 0;
    return number === 0 ? [] : [`${number} ${TALLY_WORDS[urgency]}`];
  }).join(", ");
}

/** By hand, because loading the tables of `toLocaleString` takes 0.02 s. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

function count(number: number, noun: string): string {
  return `${String(number).replaceAll(THOUSANDS, ",")} ${noun}${number === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte");

  const units = ["kB", "MB", "GB", "TB"] as const;
  let value = bytes / 1000;
  let unit: string = "kB";
  for (const next of units) {
    unit = next;
    if (value < 1000) break;

    value /= 1000;
  }
  return `${value.toFixed(1)} ${unit}`;
}
