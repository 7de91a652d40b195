import type { CheckRun, Issue } from "local-github";

/** One thing that a person does, done for real: in a working copy with git, or on the site. */
export type Step =
  | {
      readonly kind: "commit";
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
  | { readonly kind: "pull-request"; readonly branch: string; readonly title: string };

/** What has to stand on GitHub when a chapter is over. */
export interface Expectation {
  readonly conclusion: "success" | "failure" | "neutral";
  /** Of the check run on the chapter's last commit. */
  readonly annotations: number;
  /** All that are open in the repository by then. */
  readonly openIssues: number;
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
  /** From the push to the completed check run, in milliseconds. */
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

/** Compares what is shown with what was expected. */
export function differencesOf(expected: Expectation, { run, issues }: Shown): string[] {
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
  ];
}
