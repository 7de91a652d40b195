import type { HeadLocation } from "../../domain/index.ts";
import { redactText } from "../../detect/index.ts";
import type { JudgedFinding } from "../../policy/index.ts";
import { adviceFor } from "../words/advice.ts";
import { kindTitle } from "../words/kind-title.ts";
import { isTestPlace } from "../words/prevention.ts";
import type { Annotation } from "./check-run.ts";
import { isTest } from "./credentials.ts";

/** Of one check run; the rest stands in its summary. */
const MOST_ANNOTATIONS = 200;

export interface Annotations {
  readonly shown: readonly Annotation[];
  /** How many did not fit. */
  readonly more: number;
}

/**
 * One annotation for each line of the head commit that holds a credential, the weightiest first. A credential in the
 * name of a file has none: its path would be the credential.
 */
export function annotationsOf(findings: readonly JudgedFinding[]): Annotations {
  const byLine = new Map<string, Annotation>();
  for (const judged of findings) {
    const { annotation, head, finding } = judged;
    if (annotation === null || head === null || finding.place !== "content") {
      continue;
    }
    if (redactText(head.path) !== head.path) {
      continue;
    }
    const key = JSON.stringify([finding.fingerprint, head.path, head.line, head.column]);
    if (!byLine.has(key)) {
      byLine.set(key, annotate(judged, annotation, head));
    }
  }
  const all = [...byLine.values()];
  return { shown: all.slice(0, MOST_ANNOTATIONS), more: Math.max(0, all.length - MOST_ANNOTATIONS) };
}

function annotate(
  judged: JudgedFinding,
  level: Annotation["annotation_level"],
  head: HeadLocation,
): Annotation {
  return {
    path: head.path,
    start_line: head.line,
    end_line: head.endLine,
    ...(head.line === head.endLine
      ? { start_column: head.column, end_column: Math.max(head.column, head.endColumn - 1) }
      : {}),
    annotation_level: level,
    title: annotationTitle(judged),
    message: annotationMessage(judged, head.path),
  };
}

function annotationTitle({ finding }: JudgedFinding): string {
  const name = kindTitle(finding);
  const verb = finding.confidence === "low" ? "" : isTest(finding) ? " in the code" : " leaked";
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${verb}`;
}

/** Plain text: GitHub shows an annotation's message as it is. */
function annotationMessage({ finding }: JudgedFinding, path: string): string {
  const { text, url } = adviceFor(finding);
  const whose =
    finding.account === null
      ? ""
      : ` of ${finding.account}${finding.accountCreated === null ? "" : `, an account made on ${finding.accountCreated}`}`;
  const lines = [`${finding.redacted}${whose}.`];
  if (finding.confidence === "low") {
    lines.push("It may be something else altogether. If it is a Stripe key, replace it.");
  } else if (isTest(finding)) {
    lines.push(
      "It opens test data only. Replace it when you can, and read the next one from the environment.",
    );
  } else {
    if (finding.confidence === "medium") {
      lines.push("Its shape fits more than a Stripe key: compare its last four characters with your keys.");
    }
    lines.push(text);
    if (isTestPlace(path) && finding.mode === "live") {
      lines.push("Tests and samples never need a live key: use a test key from the environment.");
    }
  }
  return [...lines, url].join("\n");
}
