import { outerPath } from "../../domain/index.ts";
import type { HeadLocation } from "../../domain/index.ts";
import { redactText } from "../../detect/index.ts";
import type { JudgedFinding } from "../../policy/index.ts";
import { printable } from "../printable.ts";
import { accountAge } from "../words/account-words.ts";
import { adviceFor, plainText } from "../words/advice.ts";
import { kindTitle, lowerCase, sentenceCase } from "../words/kind-title.ts";
import { mobileAppWarning } from "../words/mobile-app.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";
import { isTestPlace } from "../words/prevention.ts";
import type { Urgency } from "../words/urgency.ts";
import type { CheckAnnotation } from "./check-run.ts";

/** Of one check run; the summary has the rest. */
const MAX_ANNOTATIONS = 200;

export interface Annotations {
  readonly shown: readonly CheckAnnotation[];
  /** How many did not fit. */
  readonly more: number;
}

/**
 * One annotation for each line of the head commit that holds a credential, the weightiest first. A credential in the
 * name of a file has none: its path would be the credential.
 */
export function annotationsOf(findings: readonly JudgedFinding[]): Annotations {
  const byLine = new Map<string, CheckAnnotation>();
  for (const judged of findings) {
    const { annotation, head, finding } = judged;
    if (annotation === null || head === null || finding.place !== "content") continue;

    if (redactText(head.path) !== head.path) continue;

    const key = JSON.stringify([finding.fingerprint, head.path, head.line, head.column]);
    if (!byLine.has(key)) byLine.set(key, annotate(judged, annotation, head));
  }
  const all = [...byLine.values()];
  return { shown: all.slice(0, MAX_ANNOTATIONS), more: Math.max(0, all.length - MAX_ANNOTATIONS) };
}

function annotate(
  judged: JudgedFinding,
  level: CheckAnnotation["annotation_level"],
  head: HeadLocation,
): CheckAnnotation {
  return {
    ...rangeOf(head),
    annotation_level: level,
    title: annotationTitle(judged),
    message: annotationMessage(judged, head),
  };
}

/** Inside of an archive there is no line that GitHub could show: the archive itself is annotated. */
function rangeOf(
  head: HeadLocation,
): Pick<CheckAnnotation, "path" | "start_line" | "end_line" | "start_column" | "end_column"> {
  const file = outerPath(head.path);
  if (file !== head.path) return { path: file, start_line: 1, end_line: 1 };
  const range = { path: file, start_line: head.line, end_line: head.endLine };
  if (head.line !== head.endLine) return range;
  return { ...range, start_column: head.column, end_column: Math.max(head.column, head.endColumn - 1) };
}

const TITLE_ENDS: Readonly<Record<Urgency, string>> = {
  roll: " leaked",
  compare: " leaked",
  minor: " in the code",
  replace: " in the code",
  unlikely: "",
};

function annotationTitle({ finding }: JudgedFinding): string {
  return `${sentenceCase(kindTitle(finding))}${TITLE_ENDS[adviceFor(finding).urgency]}`;
}

/** Plain text: GitHub shows an annotation's message as it is. */
function annotationMessage({ finding }: JudgedFinding, { path, line }: HeadLocation): string {
  const { urgency, action, how, url } = adviceFor(finding);
  const whose = finding.account === null ? "" : ` of Stripe account ${finding.account}${accountAge(finding)}`;
  const inside = outerPath(path) === path ? [] : [`In ${printable(path)}, line ${line}.`];
  const lines = [`${finding.redacted}${whose}`, ...inside, `${action}. ${plainText(how)}`];
  const app = mobileAppWarning([path]);
  if (app !== null) lines.push(app);

  if (urgency === "roll") lines.push(`${undoingDoesNotHelp(["content"])}.`);

  if (urgency === "compare") lines.push(`If it is yours, ${lowerCase(undoingDoesNotHelp(["content"]))}.`);

  if ((urgency === "roll" || urgency === "compare") && isTestPlace(path) && finding.mode === "live")
    lines.push("Tests and samples never need a live key: use a test key from the environment.");

  return [...lines, url].join("\n");
}
