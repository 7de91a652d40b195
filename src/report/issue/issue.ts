import type { Finding, KeyActivity, Origin } from "../../domain/index.ts";

/** One credential with everything an issue shows of it. */
export interface LeakRecord extends Pick<
  Finding,
  "kind" | "mode" | "confidence" | "redacted" | "fingerprint" | "account" | "accountCreated"
> {
  /** The newest first, as far as they are on record. */
  readonly locations: readonly LeakLocation[];
  /** What Stripe said about the key. Shown on private issues only. */
  readonly activity?: KeyActivity | null;
  /** How many places are known; more than `locations` if the record dropped the oldest. */
  readonly locationCount: number;
  /** There may be more, because the record keeps no more of one key. */
  readonly countIsLeast: boolean;
  /** When the first and the last of the places were found; null: not known. */
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  /** Login of whoever pushed it first, and the commit; null: not known. */
  readonly broughtBy: string | null;
  /** How it came into the history, where that was read and holds it. */
  readonly past?: LeakPast | null;
}

/** The first place of a credential in a history. */
export interface LeakPast {
  readonly location: LeakLocation;
  readonly origin: Origin;
  /** Any of its places is in a file at the tip of the default branch. */
  readonly isAtTip: boolean;
}

export interface LeakLocation extends Pick<Finding, "place" | "commit" | "path" | "line"> {
  readonly repository: {
    /** `owner/name`. */
    readonly fullName: string;
    /** Its page, such as `https://github.com/owner/name`. */
    readonly url: string;
  };
}

/** The issue of one credential, with everything that is known. It is for private repositories only. */
export interface IssueInput {
  readonly leak: LeakRecord;
  /** Hex digits that identify the issue later; hidden in the body. */
  readonly marker: string;
  /** From the configuration. */
  readonly labels: readonly string[];
  /** The present body, if the issue is updated: what people wrote in it and ticked in its task list is kept. */
  readonly previousBody: string | null;
}

export interface ManyKeysIssueInput {
  readonly leaks: readonly LeakRecord[];
  /** One for each leak, in the same order. */
  readonly markers: readonly string[];
  readonly labels: readonly string[];
  readonly previousBody: string | null;
}

/** The one issue of a public repository. It depends on nothing that was found. */
export interface NeutralIssueInput {
  /** Hex digits that identify the issue later; hidden in the body. They also choose the title. */
  readonly marker: string;
  readonly labels: readonly string[];
  readonly previousBody: string | null;
}

export interface IssueReport {
  /** At most 256 characters. */
  readonly title: string;
  /** Markdown, at most 65,535 characters; contains the marker as a hidden comment. */
  readonly body: string;
  readonly labels: readonly string[];
}
