import { kindTitle } from "../kind-title.ts";
import { blocks, code, prose, table } from "../markdown.ts";
import { preventionFor } from "../prevention.ts";
import type { Prevention } from "../prevention.ts";
import type { CheckRunInput } from "./check-run.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { distinctPlaces, placeOf } from "./places.ts";
import { issueLink, PLACES_IN_A_ROW } from "./summary.ts";

/** Bytes for each table; together, with the sentences around them, under 65,535. */
const SETTLED_BUDGET = 18_000;
const PLACES_BUDGET = 26_000;
const FINGERPRINTS_BUDGET = 14_000;
/** More languages than this in one push, and the reader knows the pattern. */
const MOST_LANGUAGES = 3;

/** What is read second: prevention, what is settled, every place. Null where there is nothing of it. */
export function detailsOf(input: CheckRunInput, findings: ShownFindings): string | null {
  const details = blocks(
    preventionSection(findings.leaks),
    settledSection(findings.settled, input),
    placesSection(findings.leaks, input),
    input.repository.private ? fingerprintsSection(findings.leaks) : null,
  );
  return details === "" ? null : details;
}

function preventionSection(leaks: readonly Credential[]): string | null {
  const byLanguage = new Map<string, Prevention>();
  for (const { finding, head, effect } of leaks.flatMap(({ places }) => places)) {
    const inFile = finding.place === "content" && effect !== "none";
    const prevention = inFile ? preventionFor(head?.path ?? finding.path, finding.kind) : null;
    if (prevention !== null && !byLanguage.has(prevention.language)) {
      byLanguage.set(prevention.language, prevention);
    }
  }
  const parts = [...byLanguage.values()]
    .slice(0, MOST_LANGUAGES)
    .map(({ language, fence, example, note }) =>
      blocks(`In ${language}:`, `\`\`\`${fence}\n${example}\n\`\`\``, note),
    );
  return parts.length === 0
    ? null
    : blocks(
        "### Keep the next one out of the code",
        "Read it from the environment, and keep the file that sets it (`.env`) in `.gitignore`.",
        ...parts,
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
          `${placeOf(first, repository.url, head)}${where.length > 1 ? ` and ${where.length - 1} more` : ""}`,
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

function fingerprintsSection(leaks: readonly Credential[]): string | null {
  return leaks.length === 0
    ? null
    : blocks(
        "### Fingerprints",
        "What an allow rule in `.github/rollcall.yml` names, for a key that is harmless and cannot be rolled; it ends after a year at most.",
        table(
          ["Found", "Fingerprint"],
          leaks,
          ({ first: { finding } }) => [code(finding.redacted), code(finding.fingerprint)],
          FINGERPRINTS_BUDGET,
        ),
      );
}
