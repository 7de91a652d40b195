/** The diagnosis as text for a terminal, one line for each finding, and as JSON. Nothing in it controls the terminal. */
import { printable, printableJson } from "../report/index.ts";
import { listed } from "./checks/granted.ts";
import type { Diagnosis } from "./diagnose.ts";
import { ABILITIES } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Lines about one thing, such as installations; the others are counted. */
const MAX_LINES = 10;

export function renderText(diagnosis: Diagnosis): string {
  const { findings, can, cannot, version } = diagnosis;
  const lines = [...Map.groupBy(findings, ({ about }) => about).values()].flatMap(linesOf);
  const abilities = cannot.map(
    ({ ability, on }) => `${ABILITIES[ability]}${on.length === 0 ? "" : ` (${shortened(on)})`}`,
  );
  return [
    `Rollcall ${version}`,
    "",
    ...lines,
    "",
    `${counted(findings, "problem")}, ${counted(findings, "warning")}.`,
    ...(can.length === 0 ? [] : [`Rollcall can ${listed(can.map((ability) => ABILITIES[ability]))}.`]),
    ...(can.includes("start") ? [] : ["Rollcall cannot start."]),
    ...(can.includes("start") && abilities.length > 0
      ? [`Rollcall cannot ${printable(listed(abilities, "or"))}.`]
      : []),
    "",
  ].join("\n");
}

function linesOf(findings: readonly Finding[]): string[] {
  const lines = findings.slice(0, MAX_LINES).map(lineOf);
  const more = findings.length - lines.length;
  return more === 0
    ? lines
    : [...lines, `         ${" ".repeat(15)}and ${more} more: --json lists them all.`];
}

function lineOf({ level, about, says, todo }: Finding): string {
  const text = todo === null ? says : `${says} ${todo}`;
  return `${level.padEnd(8)} ${about.padEnd(14)} ${printable(text)}`;
}

function shortened(accounts: readonly string[]): string {
  const more = accounts.length - MAX_LINES;
  return `${accounts.slice(0, MAX_LINES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function counted(findings: readonly Finding[], level: Finding["level"]): string {
  const count = findings.filter((finding) => finding.level === level).length;
  return `${count === 0 ? "no" : count} ${level}${count === 1 ? "" : "s"}`;
}

/** The version rises when a field changes its meaning or goes. */
export function renderJson({ at, version, findings, can, cannot }: Diagnosis): string {
  const report = {
    schemaVersion: 1,
    at: at.toISOString(),
    version,
    problems: findings.filter(({ level }) => level === "problem").length,
    warnings: findings.filter(({ level }) => level === "warning").length,
    findings: findings.map(({ about, level, says, todo, on }) => ({ about, level, says, todo, account: on })),
    can: can.map((ability) => ABILITIES[ability]),
    cannot: cannot.map(({ ability, on }) => ({ what: ABILITIES[ability], accounts: on })),
  };
  return `${printableJson(report)}\n`;
}
