/**
 * Records the life of leaks as it happens: what people did, and what then changed on GitHub. It notes its own times,
 * because GitHub's are whole seconds, in which much happens here.
 */
import type { CheckRun, Issue } from "local-github";
import { redactText } from "../src/detect/index.ts";
import type { Outcome, Step } from "./chapter.ts";
import { leakIn } from "./chapter.ts";
import type { Stage } from "./stage.ts";

export interface Moment {
  /** As `Date.now()` counts. */
  readonly at: number;
  /** Login. */
  readonly who: string;
  /** What the person or the app did, without the subject. Credentials are cut. */
  readonly what: string;
  /** Markdown of a comment. */
  readonly said: string | null;
  /** What the issue or the check became; null for what people did elsewhere. */
  readonly became: "open" | "closed" | "comment" | "success" | "failure" | "neutral" | null;
}

/** One leak from the commit that brought it. */
export interface Life {
  readonly issue: number;
  readonly moments: readonly Moment[];
}

/** A moment, and what it belongs to. */
interface Noted extends Moment {
  readonly chapter?: string;
  readonly issue?: number;
  readonly head?: string;
}

type IssueEvent = Issue["events"][number];

export class LifeRecorder {
  readonly #stage: Stage;
  readonly #noted: Noted[] = [];
  readonly #seen = new Set<number>();
  /** The last conclusion by commit. */
  readonly #conclusions = new Map<string, string>();

  /** Records from now on, until the stage closes. */
  constructor(stage: Stage) {
    this.#stage = stage;
    stage.github.watch(() => this.#look());
  }

  /** Notes what a person is about to do. */
  acts(chapter: string, who: string, step: Step): void {
    const what = sentenceOf(step);
    if (what === null) return;
    this.#noted.push({ at: Date.now(), who, what: redactText(what), said: null, became: null, chapter });
  }

  /** The life of the leak that the story goes on with; null where it goes on with none. */
  lifeIn(outcomes: readonly Outcome[]): Life | null {
    const next = outcomes.find(({ chapter }) => chapter.leakOf !== undefined)?.chapter;
    const leak = next === undefined ? null : leakIn(next, outcomes);
    if (next === undefined || leak === null) return null;
    const chapters = new Set(
      outcomes
        .map(({ chapter }) => chapter)
        .filter(({ id, leakOf }) => id === next.leakOf || leakOf === next.leakOf)
        .map(({ id }) => id),
    );
    const moments = this.#noted.filter(
      (noted) =>
        (noted.chapter !== undefined && chapters.has(noted.chapter)) ||
        noted.issue === leak.issue ||
        noted.head === leak.head,
    );
    return { issue: leak.issue, moments };
  }

  #look(): void {
    const { github, repository } = this.#stage;
    for (const issue of github.issues(repository)) this.#lookAtIssue(issue);
    for (const run of repository.checkRuns) this.#lookAtRun(run);
  }

  #lookAtIssue(issue: Issue): void {
    if (this.#isNew(issue.id))
      this.#note(issue, issue.author.login, `opens issue #${issue.number}: ${issue.title}`, "open");
    for (const event of issue.events) {
      if (!this.#isNew(event.id)) continue;
      const who = event.actor.login;
      if (event.event === "closed") {
        const what = `closes issue #${issue.number}${closedHow(event)}`;
        this.#note(issue, who, what, "closed");
      }
      if (event.event === "reopened") this.#note(issue, who, `reopens issue #${issue.number}`, "open");
      if (event.comment !== null) this.#note(issue, who, "comments", "comment", event.comment.body);
      if (event.assignee !== null) {
        const verb = event.event === "assigned" ? "assigns" : "unassigns";
        this.#note(issue, who, `${verb} ${event.assignee.login}`, null);
      }
    }
  }

  #isNew(id: number): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    return true;
  }

  #note(
    { number }: Issue,
    who: string,
    what: string,
    became: Moment["became"],
    said: string | null = null,
  ): void {
    this.#noted.push({ at: Date.now(), who, what: redactText(what), said, became, issue: number });
  }

  #lookAtRun({ headSha: head, status, conclusion, title }: CheckRun): void {
    if (status !== "completed" || this.#conclusions.get(head) === conclusion) return;
    const became = conclusion === "success" || conclusion === "neutral" ? conclusion : "failure";
    const what = this.#conclusions.has(head)
      ? `turns the check on ${head.slice(0, 7)} to ${became}, without a push: ${title ?? ""}`
      : `completes the check on ${head.slice(0, 7)} with ${became}: ${title ?? ""}`;
    this.#conclusions.set(head, conclusion ?? "");
    this.#noted.push({
      at: Date.now(),
      who: "rollcall[bot]",
      what: redactText(what),
      said: null,
      became,
      head,
    });
  }
}

function closedHow({ closer, stateReason }: IssueEvent): string {
  if (closer?.kind === "commit") return ` by the commit ${closer.sha.slice(0, 7)}`;
  if (closer?.kind === "pull") return ` by the pull request #${closer.number}`;
  if (closer?.kind === "project") return ` by the project ${closer.title}`;
  return ` as ${(stateReason ?? "completed").replace("_", " ")}`;
}

/** What a step is in a life; null where GitHub shows it as an event, or where it does not matter. */
function sentenceOf(step: Step): string | null {
  switch (step.kind) {
    case "commit":
    case "merge":
      return `commits “${step.message.replaceAll(/\s*\n\s*/g, " / ")}”`;
    case "push":
      return `pushes to ${step.branch}`;
    case "pull-request":
      return `opens the pull request “${step.title}”`;
    case "roll-key":
      return "rolls the key in Stripe's Dashboard: the old one is dead";
    case "click":
      return `clicks “${step.button}” on the check`;
    case "switch":
    case "close-issue":
      return null;
  }
}
