import type { Account } from "./account.ts";

export interface Label {
  readonly id: number;
  readonly name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

export type CloseReason = "completed" | "not_planned" | "duplicate";

/** What closed an issue when it was not a person pressing the button. */
export type Closer =
  | { readonly kind: "commit"; readonly sha: string }
  | { readonly kind: "pull"; readonly number: number }
  | { readonly kind: "project"; readonly number: number; readonly title: string };

/** One entry of an issue's history, as `/events` and `/timeline` list it. */
export interface IssueEvent {
  readonly id: number;
  readonly event:
    | "closed"
    | "reopened"
    | "renamed"
    | "labeled"
    | "unlabeled"
    | "assigned"
    | "unassigned"
    | "commented"
    | "referenced"
    | "cross-referenced";
  readonly actor: Account;
  readonly createdAt: string;
  /** The commit whose message closed or mentioned the issue. */
  readonly commitId: string | null;
  readonly stateReason: string | null;
  readonly label: Label | null;
  readonly assignee: Account | null;
  readonly comment: Comment | null;
  /** The number of the pull request that mentions the issue. */
  readonly source: number | null;
  readonly closer: Closer | null;
  readonly rename: { readonly from: string; readonly to: string } | null;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: CloseReason | "reopened" | null;
  labels: Label[];
  assignees: Account[];
  locked: boolean;
  closedBy: Account | null;
  closedAt: string | null;
  readonly byApp: boolean;
  readonly createdAt: string;
  updatedAt: string;
  readonly comments: Comment[];
  readonly events: IssueEvent[];
  /** Every body the issue has had, oldest first. GitHub shows them in the edit history. */
  readonly bodies: string[];
}
