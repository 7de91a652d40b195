import type { CheckRun, Issue } from "local-github";

/** One thing that a person does, done for real: in a working copy with git, or on the site of GitHub or Stripe. */
export type Step =
  | {
      readonly kind: "commit";
      /** `{issue}` becomes the number of the leak's issue. */
      readonly message: string;
      /** Content by path; what is not named stays. */
      readonly files?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "switch"; readonly branch: string; readonly create?: boolean }
  | {
      /** Merges a branch that conflicts; `files` is the resolution. */
      readonly kind: "merge";
      readonly branch: string;
      readonly message: string;
      readonly files: Readonly<Record<string, string>>;
    }
  | { readonly kind: "push"; readonly branch: string }
  | { readonly kind: "pull-request"; readonly branch: string; readonly title: string }
  /** Closes the leak's issue as completed. */
  | { readonly kind: "close-issue" }
  /** The key is dead from then on at the stand-in for Stripe. */
  | { readonly kind: "roll-key"; readonly key: string }
  /** Clicks a button on the current check run of the leak's commit. */
  | { readonly kind: "click"; readonly button: string };

/** What has to stand on GitHub when a chapter is over. */
export interface Expectation {
  readonly conclusion: "success" | "failure" | "neutral";
  /** Of the check run on the chapter's last commit. */
  readonly annotations: number;
  /** All that are open in the repository by then. */
  readonly openIssues: number;
  /** The leak's issue, in a chapter that goes on with a leak. */
  readonly issue?: ExpectedIssue;
}

export interface ExpectedIssue {
  readonly state: "open" | "closed";
  /** Login of who closed or reopened it last. */
  readonly by: string;
  /** In the last comment. */
  readonly says: string;
}

/** A leak that later chapters go on with: its issue and the commit whose check shows it. */
export interface Leak {
  readonly issue: number;
  readonly head: string;
}

export interface Chapter {
  /** A word that names the chapter in addresses and file names. */
  readonly id: string;
  readonly title: string;
  /** Login of who acts. Without the role to write, that is in a fork. */
  readonly by: string;
  /** What happens, for the reader. */
  readonly intro: string;
  readonly steps: readonly Step[];
  /** The earlier chapter whose leak this one goes on with: the verdict is the one on that chapter's commit. */
  readonly leakOf?: string;
  readonly expected: Expectation;
  /** Why this is the right verdict. */
  readonly because: string;
}

export type Story = readonly Chapter[];

/** What GitHub showed of one head commit when the app was done with it. */
export interface Shown {
  readonly head: string;
  /** First line of the commit's message, credentials cut. */
  readonly message: string;
  readonly run: CheckRun;
  /** All issues of the repository at that time. */
  readonly issues: readonly Issue[];
  /** From the last step to the completed check run, in milliseconds; where it stays the same, until the app was done. */
  readonly ms: number;
  /** The code under each annotation, in their order; empty where there is none to show. */
  readonly code: readonly CodeView[];
}

/** Lines of a file around an annotation, credentials cut. */
export type CodeView = readonly CodeLine[];

export interface CodeLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly annotated: boolean;
}

export interface Outcome extends Shown {
  readonly chapter: Chapter;
  /** Where the verdict is not the expected one, a sentence each; empty where it held. */
  readonly differences: readonly string[];
}

/**
 * The leak that a chapter goes on with; null for a chapter that begins anew.
 *
 * @throws Error where the story names a chapter that filed no issue
 */
export function leakIn(chapter: Chapter, outcomes: readonly Outcome[]): Leak | null {
  if (chapter.leakOf === undefined) return null;
  const index = outcomes.findIndex((outcome) => outcome.chapter.id === chapter.leakOf);
  const before = new Set(outcomes[index - 1]?.issues.map(({ number }) => number));
  const issue = outcomes[index]?.issues.find(({ number }) => !before.has(number));
  const head = outcomes[index]?.head;
  if (issue === undefined || head === undefined)
    throw new Error(`"${chapter.title}" goes on with "${chapter.leakOf}", which filed no issue.`);
  return { issue: issue.number, head };
}

/** A chapter with the number of its leak's issue in the messages of its commits. */
export function withIssue(chapter: Chapter, leak: Leak | null): Chapter {
  if (leak === null) return chapter;
  const steps = chapter.steps.map((step) =>
    step.kind === "commit"
      ? { ...step, message: step.message.replaceAll("{issue}", String(leak.issue)) }
      : step,
  );
  return { ...chapter, steps };
}

/** Compares what is shown with what was expected. */
export function differencesOf(expected: Expectation, { run, issues }: Shown, leak: Leak | null): string[] {
  const open = issues.filter((issue) => issue.state === "open").length;
  return [
    ...(run.conclusion === expected.conclusion
      ? []
      : [`The conclusion is ${run.conclusion ?? "missing"}, expected ${expected.conclusion}.`]),
    ...(run.annotations.length === expected.annotations
      ? []
      : [`It has ${run.annotations.length} annotations, expected ${expected.annotations}.`]),
    ...(open === expected.openIssues
      ? []
      : [`The repository has ${open} open issues, expected ${expected.openIssues}.`]),
    ...(expected.issue === undefined
      ? []
      : issueDifferences(
          expected.issue,
          issues.find(({ number }) => number === leak?.issue),
        )),
  ];
}

function issueDifferences({ state, by, says }: ExpectedIssue, issue: Issue | undefined): string[] {
  if (issue === undefined) return ["The leak has no issue."];
  const change = issue.events.findLast(({ event }) => event === "closed" || event === "reopened");
  const actor = change?.actor.login ?? "no one";
  const said = issue.comments.at(-1)?.body ?? "";
  return [
    ...(issue.state === state ? [] : [`Issue #${issue.number} is ${issue.state}, expected ${state}.`]),
    ...(actor === by ? [] : [`Issue #${issue.number} was changed last by ${actor}, expected ${by}.`]),
    ...(said.includes(says) ? [] : [`The last comment of issue #${issue.number} does not say "${says}".`]),
  ];
}
