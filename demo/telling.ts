/**
 * What the demo prints: each chapter with its commands, the verdict, and whether it was the expected one. It only prints;
 * `perform.ts` acts and `observe.ts` waits.
 */
import { printable } from "../src/report/index.ts";
import type { Issue } from "local-github";
import type { Chapter, Leak, Outcome, Shown, Step } from "./chapter.ts";
import type { ShownPast } from "./observe-past.ts";
import type { Paint } from "./paint.ts";
import { markdownLines, wrapped } from "./terminal-markdown.ts";
import type { TerminalOptions } from "./terminal-markdown.ts";
import { redactText } from "../src/detect/index.ts";

/** Who reads the story: a terminal, or a test. */
export interface Audience {
  readonly print: (line: string) => void;
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

const MARKS = {
  success: { sign: "✓", style: "green" },
  failure: { sign: "✗", style: "red" },
  neutral: { sign: "■", style: "yellow" },
} as const;

export function tellChapter({ print, paint, width }: Audience, chapter: Chapter, number: number): void {
  print("");
  print(paint(["bold", "inverse"], ` ${number}. ${chapter.title} `));
  for (const line of markdownLines(chapter.intro, { paint, width, showsAddress: () => true })) print(line);
  print("");
  for (const step of chapter.steps) print(paint("dim", `  $ ${commandOf(step)}`));
}

/** The check run, and the issues it opened. */
export function tellVerdict(
  audience: Audience,
  shown: Shown,
  before: readonly Issue[],
  origin: string,
): void {
  const { print, paint } = audience;
  const { run } = shown;
  const mark = markOf(run.conclusion);
  tellHeadline(audience, shown);
  print("");
  tellMarkdown(audience, run.summary ?? "", origin);
  for (const annotation of run.annotations) {
    print("");
    const where = `${annotation.path}:${annotation.start_line}`;
    print(`  ${paint(["bold", mark.style], `▌ ${printable(where)}`)}  ${printable(annotation.title ?? "")}`);
    for (const line of annotation.message.split("\n")) {
      for (const part of wrapped(printable(line), audience.width - 4, "", ""))
        print(`  ${paint(mark.style, "▌")} ${part}`);
    }
  }
  for (const issue of shown.issues.slice(before.length)) {
    print("");
    print(`  ${paint(["bold", "green"], `◉ Issue #${issue.number}: ${printable(issue.title)}`)}`);
    if (before.length > 0) continue;
    print("");
    tellMarkdown(audience, issue.body ?? "", origin);
  }
}

/** What a chapter changed for its leak: the comments on its issue, the issue's state, and the check. */
export function tellLeak(
  audience: Audience,
  shown: Shown,
  before: readonly Issue[],
  leak: Leak,
  origin: string,
): void {
  const { print, paint } = audience;
  const issue = shown.issues.find(({ number }) => number === leak.issue);
  const events = before.find(({ number }) => number === leak.issue)?.events.length ?? 0;
  for (const { event, actor, comment } of issue?.events.slice(events) ?? []) {
    if (comment === null && event !== "closed" && event !== "reopened") continue;
    print("");
    const verb = comment === null ? event : "comments on";
    print(
      `  ${paint(["bold", "green"], `◉ ${printable(actor.login.replace("[bot]", ""))} ${verb} issue #${leak.issue}`)}`,
    );
    if (comment === null) continue;
    tellMarkdown(audience, comment.body, origin);
  }
  tellHeadline(audience, shown);
}

function tellHeadline({ print, paint }: Audience, { run, ms }: Shown): void {
  const mark = markOf(run.conclusion);
  print("");
  print(
    `  ${paint(["bold", mark.style], `${mark.sign} ${printable(run.name)}: ${printable(run.title ?? "")}`)}  ${paint("dim", `${run.conclusion ?? run.status}, after ${seconds(ms)}`)}`,
  );
}

/** What the history of an old repository held, and the issue that came of it. */
export function tellPast({ print, paint }: Audience, { repository, run, issue }: ShownPast): void {
  print("");
  print(`Rollcall has read what ${paint("bold", `acme/${repository}`)} held before:`);
  print(`  ${paint(["bold", "yellow"], `■ ${printable(run.name)}: ${printable(run.title ?? "")}`)}`);
  print(`  ${paint(["bold", "green"], `◉ Issue #${issue.number}: ${printable(issue.title)}`)}`);
}

export function tellOutcome({ print, paint, width }: Audience, outcome: Outcome): void {
  const { chapter, differences } = outcome;
  const open = outcome.issues.filter((issue) => issue.state === "open").length;
  print("");
  if (differences.length > 0) {
    print(`  ${paint(["bold", "red"], "NOT AS EXPECTED")}`);
    for (const difference of differences) print(`  ${difference}`);
    return;
  }
  const verdict = `${outcome.run.conclusion ?? "none"}, ${counted(outcome.run.annotations.length, "annotation")}, ${counted(open, "open issue")}`;
  print(`  ${paint("green", "As expected")}: ${verdict}.`);
  const options = { paint, width: width - 4, showsAddress: () => true };
  for (const line of markdownLines(chapter.because, options)) print(`  ${line}`);
}

function tellMarkdown({ print, paint, width }: Audience, source: string, origin: string): void {
  const options: TerminalOptions = {
    paint,
    width: width - 4,
    showsAddress: (address) => !address.startsWith(origin),
  };
  for (const line of markdownLines(source, options)) print(line === "" ? "" : `    ${line}`);
}

/** A step as a person would type it, or do it on the site. */
function commandOf(step: Step): string {
  switch (step.kind) {
    case "commit":
      return `git commit ${paragraphsOf(step.message)}${step.files === undefined ? "" : `   # ${Object.keys(step.files).map(printable).join(", ")}`}`;
    case "switch":
      return `git switch ${step.create === true ? "--create " : ""}${step.branch}`;
    case "merge":
      return `git merge ${step.branch}   # conflict in ${Object.keys(step.files).map(printable).join(", ")}, resolved by hand`;
    case "push":
      return `git push origin ${step.branch}`;
    case "pull-request":
      return `(opens the pull request ${quoted(step.title)})`;
    case "close-issue":
      return "(closes the issue as completed)";
    case "roll-key":
      return "(rolls the key in Stripe's Dashboard)";
    case "click":
      return `(clicks ${quoted(step.button)} on the check)`;
  }
}

/** Each paragraph as an argument of its own, which git joins again. */
function paragraphsOf(message: string): string {
  return message
    .split("\n\n")
    .map((paragraph) => `-m ${quoted(paragraph.replaceAll(/\s+/g, " "))}`)
    .join(" ");
}

function quoted(text: string): string {
  return `"${printable(redactText(text))}"`;
}

export function markOf(conclusion: string | null): (typeof MARKS)[keyof typeof MARKS] {
  return conclusion === "success" || conclusion === "neutral" ? MARKS[conclusion] : MARKS.failure;
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
