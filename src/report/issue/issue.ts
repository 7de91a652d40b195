import type { Finding, KeyActivity } from "../../domain/index.ts";

/** One credential with everything an issue shows of it. */
export interface LeakRecord extends Pick<
  Finding,
  "kind" | "mode" | "confidence" | "redacted" | "fingerprint" | "account" | "accountCreated"
> {
  /** In the order in which they are shown. */
  readonly locations: readonly LeakLocation[];
  /** What Stripe said about the key. Shown on private issues only. */
  readonly activity?: KeyActivity | null;
}

export interface LeakLocation extends Pick<Finding, "place" | "commit" | "path" | "line"> {
  readonly repository: {
    /** `owner/name`. */
    readonly fullName: string;
    /** Its page, such as `https://github.com/owner/name`. */
    readonly url: string;
  };
}

/** Who can read the issue. If everyone can (`public`), it shows nothing that leads to the key. */
type Visibility = "private" | "public";

export interface IssueInput {
  readonly leak: LeakRecord;
  readonly visibility: Visibility;
  /** Hex digits that identify the issue later; hidden in the body. */
  readonly marker: string;
  /** From the configuration. */
  readonly labels: readonly string[];
  /** The present body, if the issue is updated: the ticks of its task list are kept. */
  readonly previousBody: string | null;
}

export interface ManyKeysIssueInput {
  readonly leaks: readonly LeakRecord[];
  readonly visibility: Visibility;
  /** One for each leak, in the same order. */
  readonly markers: readonly string[];
  readonly labels: readonly string[];
  readonly previousBody: string | null;
}

export interface IssueReport {
  /** At most 256 characters. */
  readonly title: string;
  /** Markdown, at most 65,536 characters; ends with the marker as a hidden comment. */
  readonly body: string;
  readonly labels: readonly string[];
}
