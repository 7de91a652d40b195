import { renderIssue } from "../../src/report/index.ts";
import type { IssueInput, IssueReport, LeakRecord } from "../../src/report/index.ts";

export const MARKER = "0123456789abcdef".repeat(2);

export function issue(leak: LeakRecord, changes: Partial<IssueInput> = {}): IssueReport {
  return renderIssue({
    leak,
    marker: MARKER,
    labels: ["security"],
    previousBody: null,
    ...changes,
  });
}
