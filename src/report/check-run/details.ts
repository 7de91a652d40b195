import { hookFor } from "../words/hook.ts";
import { kindTitle } from "../words/kind-title.ts";
import { preventionFor } from "../words/prevention.ts";
import type { Prevention } from "../words/prevention.ts";
import { endedWord } from "../words/remedies.ts";
import { blocks, code, prose, table } from "../markdown.ts";
import type { CheckRunInput } from "./check-run.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { issueLink, MAX_PLACES_IN_A_ROW } from "./facts.ts";
import { distinctPlaces, IN_A_CELL, placeOf } from "./places.ts";

/**
 * The details of a check run, which are read after the summary: how to clear the check, how to prevent the next leak,
 * what is already handled, and every place. On a public repository no fingerprint and no reason of a rule is shown.
 */

/** Bytes of each table; together, with the sentences around them, under 65,535. */
const MAX_SETTLED_BYTES = 18_000;
const MAX_PLACES_BYTES = 26_000;
const MAX_FINGERPRINTS_BYTES = 14_000;
/** With more languages than this in one push, the reader knows the pattern. */
const MAX_LANGUAGES = 3;
const MAX_RULES = 5;

/** Null where there is nothing to say. */
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

/** The credentials that make the check fail. */
function failingOf({ leaks, withheld }: ShownFindings, { verdict }: CheckRunInput): readonly Credential[] {
  return verdict.conclusion === "failure"
    ? [...leaks, ...withheld].filter(({ first }) => first.effect === "failure")
    : [];
}

/** Those that get no issue, as many as get a rule: only an allow rule clears them. */
function ruledOf(findings: ShownFindings, input: CheckRunInput): readonly Credential[] {
  return failingOf(findings, input)
    .filter(({ first }) => !first.opensIssue)
    .slice(0, MAX_RULES);
}

/** How to clear a red check. */
function afterRollingSection(findings: ShownFindings, input: CheckRunInput): string | null {
  const failing = failingOf(findings, input);
  if (failing.length === 0) return null;
  const { attestRole, dismissRole } = input.verdict.configuration;
  return blocks(
    "### After rolling",
    failing.some(({ first }) => first.opensIssue)
      ? blocks(
          input.repository.private
            ? "Each key has one issue. **Close it as completed** once the key is rolled, and Rollcall updates this check by itself, without a push."
            : "If the owner named a private place, each key has one issue there, and closing Rollcall's issue in this repository clears nothing. If not, **close Rollcall's issue in this repository as completed** once every key is rolled. Rollcall then updates this check by itself, without a push.",
          [
            `- Closing as completed needs the role ${code(attestRole)} or above where the issue is.`,
            `- If it is not a leak, someone with the role ${code(dismissRole)} or above closes it as not planned.`,
            "- A commit or pull request that closes the issue (`Fixes #…`) does not count.",
          ].join("\n"),
        )
      : null,
    rulesSection(findings, input),
  );
}

function rulesSection(findings: ShownFindings, input: CheckRunInput): string | null {
  const ruled = ruledOf(findings, input);
  if (ruled.length === 0) return null;
  const { private: isPrivate } = input.repository;
  const rules = isPrivate
    ? ruled.map(({ first: { finding } }) =>
        ruleFor(finding.fingerprint, finding.redacted, endedWord(finding.kind)),
      )
    : [ruleFor("…", "20 hexadecimal digits", "rolled")];
  return blocks(
    "Keys like these get no issue. To clear them, add an allow rule to `.github/rollcall.yml` on the default branch, then **Re-run** this check.",
    input.verdict.configurationProblems.some(({ file }) => file === "owner")
      ? "First fix the mistakes in the owner's file: until then, no allow rule counts."
      : null,
    `\`\`\`yaml\nallow:\n${rules.join("\n")}\n\`\`\``,
    isPrivate
      ? null
      : "This repository is public, so the fingerprint is not shown. Rollcall's command line prints it for a file that holds the key: `npm run -s scan -- --format json FILE`.",
  );
}

function ruleFor(fingerprint: string, comment: string, reason: string): string {
  return `  - fingerprint: ${fingerprint} # ${comment}\n    reason: ${reason}\n    until: YYYY-MM-DD # at most a year away`;
}

function preventionSection(leaks: readonly Credential[]): string | null {
  const byLanguage = new Map<string, Prevention>();
  const places = leaks.flatMap((leak) => leak.places).filter(({ effect }) => effect !== "none");
  for (const { finding, head } of places.filter(({ finding: { place } }) => place === "content")) {
    const prevention = preventionFor(head?.path ?? finding.path, finding.kind);
    if (prevention !== null && !byLanguage.has(prevention.language))
      byLanguage.set(prevention.language, prevention);
  }
  const parts = [...byLanguage.values()]
    .slice(0, MAX_LANGUAGES)
    .map(({ language, fence, example, note }) =>
      blocks(`In ${language}:`, `\`\`\`${fence}\n${example}\n\`\`\``, note),
    );
  const hook = hookFor(places.map(({ finding }) => finding.place));
  return blocks(
    parts.length === 0
      ? null
      : blocks(
          "### Keep the next secret out of the code",
          "Read it from the environment, and list the file that sets it (`.env`) in `.gitignore`.",
          ...parts,
        ),
    hook === null
      ? null
      : blocks(
          `### Stop the next leak before it ${hook.moment}`,
          `Let a git hook run Rollcall's command line, which needs Node 24. Save this as \`.git/hooks/${hook.name}\` and make it executable:`,
          `\`\`\`sh\n#!/bin/sh\n${hook.command}\n\`\`\``,
        ),
  );
}

function settledSection(settled: readonly Credential[], input: CheckRunInput): string | null {
  if (settled.length === 0) return null;

  const { repository, head } = input;
  return blocks(
    "### Already handled",
    table(
      ["Key", "Kind", "State", "Why", "Where"],
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
      MAX_SETTLED_BYTES,
    ),
  );
}

function placesSection(leaks: readonly Credential[], { repository, head }: CheckRunInput): string | null {
  const further = leaks.flatMap(({ places }) => distinctPlaces(places).slice(MAX_PLACES_IN_A_ROW));
  return further.length === 0
    ? null
    : blocks(
        "### More places",
        table(
          ["Key", "Where"],
          further,
          (judged) => [code(judged.finding.redacted), placeOf(judged, repository.url, head)],
          MAX_PLACES_BYTES,
        ),
      );
}

/** Of the credentials without a rule above. */
function fingerprintsSection(findings: ShownFindings, input: CheckRunInput): string | null {
  const ruled = new Set(ruledOf(findings, input).map(fingerprintOf));
  const others = findings.leaks.filter((leak) => !ruled.has(fingerprintOf(leak)));
  return others.length === 0
    ? null
    : blocks(
        "### Fingerprints",
        "An allow rule names a key by its fingerprint.",
        table(
          ["Key", "Fingerprint"],
          others,
          ({ first: { finding } }) => [code(finding.redacted), code(finding.fingerprint)],
          MAX_FINGERPRINTS_BYTES,
        ),
      );
}

function fingerprintOf({ first }: Credential): string {
  return first.finding.fingerprint;
}
