import { hookFor } from "../words/hook.ts";
import { kindTitle } from "../words/kind-title.ts";
import { blocks, code, prose, table } from "../markdown.ts";
import { preventionFor } from "../words/prevention.ts";
import type { Prevention } from "../words/prevention.ts";
import type { CheckRunInput } from "./check-run.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { distinctPlaces, IN_A_CELL, placeOf } from "./places.ts";
import { issueLink, PLACES_IN_A_ROW } from "./summary.ts";

/** Bytes for each table; together, with the sentences around them, under 65,535. */
const SETTLED_BUDGET = 18_000;
const PLACES_BUDGET = 26_000;
const FINGERPRINTS_BUDGET = 14_000;
/** More languages than this in one push, and the reader knows the pattern. */
const MOST_LANGUAGES = 3;
const MOST_RULES = 5;

/** What is read second: prevention, what is settled, every place. Null where there is nothing of it. */
export function detailsOf(input: CheckRunInput, findings: ShownFindings): string | null {
  const details = blocks(
    afterRollingSection(findings, input),
    preventionSection(findings.leaks),
    settledSection(findings.settled, input),
    placesSection(findings.leaks, input),
    input.repository.private ? fingerprintsSection(findings, input) : null,
  );
  return details === "" ? null : details;
}

/** Those that make the check fail, as far as a rule for each is shown. */
function ruledOf({ leaks, withheld }: ShownFindings, { verdict }: CheckRunInput): readonly Credential[] {
  return verdict.conclusion === "failure"
    ? [...leaks, ...withheld].filter(({ first }) => first.effect === "failure").slice(0, MOST_RULES)
    : [];
}

/** What clears a red check: nothing in this version notices by itself that a key was rolled. */
function afterRollingSection(findings: ShownFindings, input: CheckRunInput): string | null {
  const ruled = ruledOf(findings, input);
  if (ruled.length === 0) {
    return null;
  }
  const { private: isPrivate } = input.repository;
  const rules = isPrivate
    ? ruled.map(({ first: { finding } }) => ruleFor(finding.fingerprint, finding.redacted))
    : [ruleFor("…", "20 hexadecimal digits")];
  return blocks(
    "### After rolling",
    "Rollcall does not notice by itself that a key was rolled. Say so with an allow rule in `.github/rollcall.yml` on the default branch (of the owner's `.github` repository, where that has such a file), then **Re-run** this check.",
    input.verdict.configurationProblems.length === 0
      ? null
      : "Correct the file first: while it has a mistake in it, no allow rule counts.",
    `\`\`\`yaml\nallow:\n${rules.join("\n")}\n\`\`\``,
    isPrivate
      ? null
      : "The fingerprint is not shown on a public repository. Rollcall's command line prints it for a file that holds the key: `npm run -s scan -- --format json FILE`.",
  );
}

function ruleFor(fingerprint: string, comment: string): string {
  return `  - fingerprint: ${fingerprint} # ${comment}\n    reason: rolled\n    until: YYYY-MM-DD # at most a year away`;
}

function preventionSection(leaks: readonly Credential[]): string | null {
  const byLanguage = new Map<string, Prevention>();
  const places = leaks.flatMap((leak) => leak.places).filter(({ effect }) => effect !== "none");
  for (const { finding, head } of places.filter(({ finding: { place } }) => place === "content")) {
    const prevention = preventionFor(head?.path ?? finding.path, finding.kind);
    if (prevention !== null && !byLanguage.has(prevention.language)) {
      byLanguage.set(prevention.language, prevention);
    }
  }
  const parts = [...byLanguage.values()]
    .slice(0, MOST_LANGUAGES)
    .map(({ language, fence, example, note }) =>
      blocks(`In ${language}:`, `\`\`\`${fence}\n${example}\n\`\`\``, note),
    );
  const hook = hookFor(places.map(({ finding }) => finding.place));
  return blocks(
    parts.length === 0
      ? null
      : blocks(
          "### Keep the next one out of the code",
          "Read it from the environment, and keep the file that sets it (`.env`) in `.gitignore`.",
          ...parts,
        ),
    hook === null
      ? null
      : blocks(
          `### Stop the next one before it ${hook.moment}`,
          `A git hook can ask Rollcall's command line (Node 24). As \`.git/hooks/${hook.name}\`, made executable:`,
          `\`\`\`sh\n#!/bin/sh\n${hook.command}\n\`\`\``,
        ),
  );
}

function settledSection(settled: readonly Credential[], input: CheckRunInput): string | null {
  if (settled.length === 0) {
    return null;
  }
  const { repository, head } = input;
  return blocks(
    "### Known, and not counted",
    table(
      ["Found", "What it is", "State", "Why", "Where"],
      settled,
      ({ first, places }) => {
        const where = distinctPlaces(places);
        return [
          code(first.finding.redacted),
          kindTitle(first.finding),
          first.disposition,
          [
            ...(first.reason === null || !repository.private ? [] : [prose(first.reason)]),
            ...[issueLink(first, repository)].filter((each) => each !== null),
          ].join(", "),
          `${placeOf(first, repository.url, head, IN_A_CELL)}${where.length > 1 ? ` and ${where.length - 1} more` : ""}`,
        ];
      },
      SETTLED_BUDGET,
    ),
  );
}

function placesSection(leaks: readonly Credential[], { repository, head }: CheckRunInput): string | null {
  const further = leaks.flatMap(({ places }) => distinctPlaces(places).slice(PLACES_IN_A_ROW));
  return further.length === 0
    ? null
    : blocks(
        "### Further places",
        table(
          ["Found", "Where"],
          further,
          (judged) => [code(judged.finding.redacted), placeOf(judged, repository.url, head)],
          PLACES_BUDGET,
        ),
      );
}

/** Of those that no rule above stands for. */
function fingerprintsSection(findings: ShownFindings, input: CheckRunInput): string | null {
  const ruled = new Set(ruledOf(findings, input).map(fingerprintOf));
  const others = findings.leaks.filter((leak) => !ruled.has(fingerprintOf(leak)));
  return others.length === 0
    ? null
    : blocks(
        "### Fingerprints",
        "What an allow rule in `.github/rollcall.yml` names.",
        table(
          ["Key", "Fingerprint"],
          others,
          ({ first: { finding } }) => [code(finding.redacted), code(finding.fingerprint)],
          FINGERPRINTS_BUDGET,
        ),
      );
}

function fingerprintOf({ first }: Credential): string {
  return first.finding.fingerprint;
}
