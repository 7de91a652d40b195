import type { IssueInput, IssueReport, ManyKeysIssueInput } from "./issue.ts";

/** The remediation issue of one credential. Pure: the same record gives the same text. */
export function renderIssue(input: IssueInput): IssueReport {
  const shown = input.visibility === "private" ? ` ${input.leak.redacted}` : "";
  return {
    title: `Roll a leaked Stripe key${shown}`,
    body: `A Stripe key is in the repository.\n\n${issueMarker(input.marker)}\n`,
    labels: input.labels,
  };
}

/** One issue for the many new keys of one scope; at most `KEYS_PER_ISSUE` of them. */
export function renderManyKeysIssue(input: ManyKeysIssueInput): IssueReport {
  return {
    title: `Roll ${input.leaks.length} leaked Stripe keys`,
    body: `${input.leaks.length} Stripe keys are in the repository.\n\n${input.markers.map(issueMarker).join("\n")}\n`,
    labels: input.labels,
  };
}

/** Past this the markers alone would fill the body: file several issues. */
export const KEYS_PER_ISSUE = 300;

/** The hidden line of a body by which an issue is found again. It counts only in an issue that this app wrote. */
export function issueMarker(marker: string): string {
  return `<!-- rollcall:${marker} -->`;
}

/** Every marker of an issue's body. */
export function markersOf(body: string): string[] {
  return [...body.matchAll(/^<!-- rollcall:([0-9a-f]{8,64}) -->$/gm)].map((match) => match[1] ?? "");
}
