import type { JudgedFinding } from "../../policy/index.ts";
import { kindTitle } from "../kind-title.ts";
import { blocks, code, prose, row, table } from "../markdown.ts";
import { preventionFor } from "../prevention.ts";
import type { Prevention } from "../prevention.ts";
import type { CheckRunInput } from "./check-run.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { placeOf } from "./places.ts";
import { issueLink } from "./summary.ts";

/** Bytes for each table; together, with the sentences around them, under 65,535. */
const SETTLED_BUDGET = 18_000;
const PLACES_BUDGET = 26_000;
const FINGERPRINTS_BUDGET = 14_000;
/** More languages than this in one push, and the reader knows the pattern. */
const MOST_LANGUAGES = 3;
const PLACES_SHOWN_ABOVE = 3;

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

const STATES: Readonly<Record<Exclude<JudgedFinding["disposition"], "leak">, string>> = {
  rolled: "rolled",
  dismissed: "dismissed",
  allowed: "allowed",
  ignored: "ignored",
};

function settledSection(settled: readonly Credential[], input: CheckRunInput): string | null {
  if (settled.length === 0) {
    return null;
  }
  const { repository, head } = input;
  const rows = settled.map(({ first, places }) => {
    const why = [
      ...(first.reason === null || !repository.private ? [] : [prose(first.reason)]),
      ...[issueLink(first, repository)].filter((each) => each !== null),
    ];
    return row([
      code(first.finding.redacted),
      kindTitle(first.finding),
      first.disposition === "leak" ? "" : STATES[first.disposition],
      why.join(", "),
      `${placeOf(first, repository.url, head)}${places.length > 1 ? ` and ${places.length - 1} more` : ""}`,
    ]);
  });
  return blocks(
    "### Known, and not counted",
    table(["Found", "What it is", "State", "Why", "Where"], rows, SETTLED_BUDGET),
  );
}

function placesSection(leaks: readonly Credential[], { repository, head }: CheckRunInput): string | null {
  const rows = leaks.flatMap(({ first, places }) => {
    const where = [...new Set(places.map((place) => placeOf(place, repository.url, head)))];
    return where.slice(PLACES_SHOWN_ABOVE).map((place) => row([code(first.finding.redacted), place]));
  });
  return rows.length === 0
    ? null
    : blocks("### Further places", table(["Found", "Where"], rows, PLACES_BUDGET));
}

function fingerprintsSection(leaks: readonly Credential[]): string | null {
  const rows = leaks.map(({ first }) => row([code(first.finding.redacted), code(first.finding.fingerprint)]));
  return rows.length === 0
    ? null
    : blocks(
        "### Fingerprints",
        "What an allow rule in `.github/rollcall.yml` names, for a key that is harmless and cannot be rolled; it ends after a year at most.",
        table(["Found", "Fingerprint"], rows, FINGERPRINTS_BUDGET),
      );
}
