import type { Button, ButtonAnswer, Gap, KeyActivity, UnopenedArchive } from "../../domain/index.ts";
import type { CheckMode, Verdict } from "../../policy/index.ts";

/** One annotation as GitHub's REST API takes it. Columns only where start and end line are the same. */
export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

/** The content of a finished check run, within GitHub's limits. */
export interface CheckRunReport {
  readonly conclusion: Verdict["conclusion"];
  /** At most 255 characters. */
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  /** Markdown, at most 65,535 characters; null if there are no details. */
  readonly text: string | null;
  /** At most 200, the weightiest first; GitHub takes 50 a request. */
  readonly annotations: readonly CheckAnnotation[];
  /** Buttons under the check, at most three. */
  readonly actions: readonly CheckAction[];
}

/** A button of a check run. GitHub allows 20 characters for label and identifier, 40 for the description. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** The buttons, in the order in which they are shown. GitHub shows three at most, so a fourth would need a choice. */
export const ACTIONS: Readonly<Record<Button, CheckAction>> = {
  accept_unread: {
    label: "Accept unread",
    description: "Accept what no re-run can read",
    identifier: "accept_unread",
  },
  recheck: {
    label: "Re-check",
    description: "Look again at the state of each key",
    identifier: "recheck",
  },
  ignore_test_keys: {
    label: "Ignore test keys",
    description: "Dismiss every test key of this check",
    identifier: "ignore_test_keys",
  },
};

/** Facts that the record adds to the verdict. */
export interface CheckNotes {
  /** Gaps that a person accepted, and who. */
  readonly acceptedGaps: readonly { readonly gap: Gap; readonly login: string }[];
  /** Why issues could not be opened: one plain sentence each. */
  readonly unopenedIssues: readonly string[];
  /** Archives whose bytes were searched as they are, because they are encrypted or damaged. */
  readonly unopenedArchives?: readonly UnopenedArchive[];
  /** Why issues are in another place than the owner wants: one or two plain sentences each. */
  readonly placeProblems: readonly string[];
  /** An issue is in another repository, which some cannot see; `ask`: logins who can. Null: none is. */
  readonly issuesElsewhere: { readonly ask: readonly string[] } | null;
  /** Rules of `rollcall.yml` that this commit loosens, such as `test_keys: ignore instead of warn`. */
  readonly loosenedRules: readonly string[];
  /** Commits from before the installation are not read yet. */
  readonly unreadHistory: boolean;
  /** A gap is left that a person can accept. */
  readonly canAcceptUnread: boolean;
  /** What Stripe said about the keys, by fingerprint. Empty on a public repository. */
  readonly activities?: ReadonlyMap<string, KeyActivity>;
  /** Test keys that the checks ignore, and who said so. */
  readonly ignoredKeys?: readonly { readonly redacted: string; readonly login: string }[];
  /** The last click on each button. */
  readonly buttons?: readonly ButtonAnswer[];
}

export interface CheckRunInput {
  readonly verdict: Verdict;
  /** SHA of the commit that the run is on. */
  readonly head: string;
  readonly repository: ReportedRepository;
  readonly notes?: CheckNotes;
}

export interface ReportedRepository {
  /** `owner/name`. */
  readonly fullName: string;
  /** Its page, such as `https://github.com/owner/name`. */
  readonly url: string;
  readonly private: boolean;
}

export interface ScanFailure {
  /** One plain sentence for a person, such as "GitHub did not answer for 10 minutes". */
  readonly problem: string;
  /** In `observe` the run is neutral. */
  readonly mode: CheckMode;
}

/** The content of a check run while the scan runs. */
export interface InProgressReport {
  readonly title: string;
  readonly summary: string;
}
