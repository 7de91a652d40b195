import { duration } from "../words/duration.ts";
import { groundsText } from "../words/grounds.ts";
import { kindTitle } from "../words/kind-title.ts";
import { count } from "../markdown.ts";
import { printable } from "../printable.ts";
import type { Evidence, EvidenceDrill, EvidenceFormat, EvidenceLeak } from "./evidence.ts";

export const TEXT_FORMAT: EvidenceFormat = {
  name: "text",
  description: "for people",
  render: ({ at, leaks, drills }: Evidence) =>
    `${[
      `Record of ${minute(at)}: ${count(leaks.length, "leak")}${statesOf(leaks)}, ${count(drills.length, "drill")}`,
      ...leaks.map(leakText),
      ...drills.map(drillText),
    ].join("\n\n")}\n`,
};

function statesOf(leaks: readonly EvidenceLeak[]): string {
  const states = [...Map.groupBy(leaks, ({ state }) => state)].map(
    ([state, all]) => `${all.length} ${state}`,
  );
  return states.length === 0 ? "" : ` (${states.toSorted().join(", ")})`;
}

function leakText(leak: EvidenceLeak): string {
  const { state, clearedAt, clearedHow, clearedBy, secondsToClear } = leak;
  const cleared =
    clearedAt === null
      ? []
      : [
          `  cleared      ${minute(clearedAt)}, ${groundsText(clearedHow ?? state, at(clearedBy))}`,
          ...(secondsToClear === null ? [] : [`  after        ${duration(secondsToClear)}`]),
        ];
  return lines([
    `${leak.redacted}  ${kindTitle(leak)}`,
    `  state        ${state}`,
    `  found        ${minute(leak.foundAt)} in ${leak.repositories.join(", ")}`,
    `  issue        ${leak.issue === null ? "none" : `${leak.issue}${leak.filedAt === null ? "" : `, opened ${minute(leak.filedAt)}`}`}`,
    ...cleared,
    `  account      ${leak.account ?? "not known"}`,
    `  fingerprint  ${leak.fingerprint}`,
    ...leak.history.map(
      ({ at: when, repository, how, by, to }) =>
        `  ${minute(when)}  ${to.padEnd(9)} ${groundsText(how, at(by))} (${repository})`,
    ),
  ]);
}

function drillText(drill: EvidenceDrill): string {
  const { openedAt, closedAt, closedBy, outcome, secondsTaken, steps, stepsTicked } = drill;
  const end =
    closedAt === null
      ? "open"
      : outcome === "attested"
        ? `done, attested by ${at(closedBy) ?? "an unknown person"}, not verified`
        : outcome === "lost"
          ? "lost: its issue was deleted"
          : `skipped by ${at(closedBy) ?? "an unknown person"}`;
  return lines([
    `Drill ${drill.number} of ${drill.owner}`,
    `  state        ${end}`,
    `  opened       ${openedAt === null ? "not yet" : minute(openedAt)}`,
    ...(closedAt === null ? [] : [`  closed       ${minute(closedAt)}`]),
    ...(secondsTaken === null ? [] : [`  after        ${duration(secondsTaken)}`]),
    `  steps        ${stepsTicked} of ${steps} ticked`,
    `  issue        ${drill.issue ?? "none"}`,
  ]);
}

function lines(all: readonly string[]): string {
  return all.map(printable).join("\n");
}

function at(login: string | null): string | null {
  return login === null ? null : `@${login}`;
}

/** `2026-11-24 10:05 UTC`. */
function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
