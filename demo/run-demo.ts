/**
 * Runs the demo: opens the stage, performs and tells each chapter, writes the page, and then follows pushes made by hand
 * until the signal. It ends what it started, also after an error.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { differencesOf, leakIn, withIssue } from "./chapter.ts";
import type { Outcome, Story } from "./chapter.ts";
import { LifeRecorder } from "./life.ts";
import { nextVerdicts, observe } from "./observe.ts";
import { observePast } from "./observe-past.ts";
import type { ShownPast } from "./observe-past.ts";
import { renderPage } from "./page/page.ts";
import type { PageEntry, PageMore } from "./page/entry.ts";
import { Cast } from "./perform.ts";
import { openStage, WRITERS } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { seconds, tellChapter, tellLeak, tellOutcome, tellPast, tellVerdict } from "./telling.ts";
import type { Audience } from "./telling.ts";

export interface DemoOptions {
  readonly story: Story;
  /** Keys that work at the stand-in for Stripe until a chapter rolls them. */
  readonly workingKeys: readonly string[];
  /** A key in the history of a repository that is older than the installation. */
  readonly pastKey?: string;
  /** End after the story; otherwise go on and tell the verdict of every push until the signal comes. */
  readonly once: boolean;
  /** Folder of the page, made where it is missing. */
  readonly out: string;
  readonly audience: Audience;
  /** Ends the demo at the next point where it waits. */
  readonly signal: AbortSignal;
  /** Called with the stage when it is open, before the story begins. */
  readonly onStage?: (stage: Stage) => void;
}

/**
 * Starts the local GitHub and the app, tells the story, leaves the page, and ends what it started.
 *
 * @returns whether every verdict was the expected one
 * @throws AppProcessError, NoCheckError; the signal's reason where it comes before the story is over
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { story, audience, signal } = options;
  const { print, paint } = audience;
  const began = performance.now();
  print(paint("dim", "Starting a local GitHub and the app …"));
  const { workingKeys, pastKey } = options;
  const stage = await openStage({ workingKeys, ...(pastKey === undefined ? {} : { pastKey }) });
  try {
    options.onStage?.(stage);
    print(
      `Repository ${paint("bold", "acme/shop")} with Rollcall installed, after ${seconds(performance.now() - began)}.`,
    );
    await tellHistory(stage, options);
    const recorder = new LifeRecorder(stage);
    const outcomes = await Promise.race([tellStory(stage, recorder, options), interrupted(signal)]);
    const life = recorder.lifeIn(outcomes);
    // By now Stripe was asked about its key.
    const past = await shownPast(stage, signal);
    const failed = outcomes.filter((outcome) => outcome.differences.length > 0);
    const entries: PageEntry[] = outcomes.map((outcome) => ({ ...outcome, id: outcome.chapter.id }));
    const page = await writePage(options.out, stage, entries, { life, past });
    print("");
    print(
      failed.length === 0
        ? paint(["bold", "green"], `All ${story.length} verdicts were as expected`)
        : paint(
            ["bold", "red"],
            `Not as expected: ${failed.map((outcome) => outcome.chapter.title).join("; ")}`,
          ),
    );
    print(`in ${seconds(performance.now() - began)}. The checks and issues as GitHub shows them:`);
    print(`  ${paint("underline", pathToFileURL(page).href)}`);
    if (!options.once)
      await Promise.race([followPushes(stage, entries, { life, past }, options), aborted(signal)]);
    return failed.length === 0;
  } finally {
    await stage.close();
  }
}

/** Tells what came of the history of the old repository. */
async function tellHistory(stage: Stage, { audience, signal }: DemoOptions): Promise<void> {
  const shown = await shownPast(stage, signal);
  if (shown !== null) tellPast(audience, shown);
}

/** Waits until the history of the old repository was read; null without such a repository. */
async function shownPast({ github, past, app }: Stage, signal: AbortSignal): Promise<ShownPast | null> {
  return past === null ? null : Promise.race([observePast(github, past, app), interrupted(signal)]);
}

async function tellStory(
  stage: Stage,
  recorder: LifeRecorder,
  { story, audience }: DemoOptions,
): Promise<Outcome[]> {
  const cast = new Cast(stage);
  const outcomes: Outcome[] = [];
  for (const written of story) {
    const leak = leakIn(written, outcomes);
    const chapter = withIssue(written, leak);
    tellChapter(audience, chapter, outcomes.length + 1);
    const before = outcomes.at(-1)?.issues ?? [];
    const performed = cast.perform(chapter, leak, (step) => recorder.acts(chapter.id, chapter.by, step));
    const head = await Promise.race([performed, stage.app.died]);
    const shown = await observe(stage, head, performance.now());
    if (leak === null) tellVerdict(audience, shown, before, stage.github.origin);
    else tellLeak(audience, shown, before, leak, stage.github.origin);
    const outcome = { ...shown, chapter, differences: differencesOf(chapter.expected, shown, leak) };
    tellOutcome(audience, outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Tells the verdict of each push that people make by hand; ends with the app only. */
async function followPushes(
  stage: Stage,
  entries: PageEntry[],
  more: PageMore,
  { audience, out }: DemoOptions,
): Promise<never> {
  const { github, repository } = stage;
  const { print, paint } = audience;
  print("");
  print(
    "Your turn: push to the repository, and the verdict appears here. Ctrl+C stops everything and cleans up.",
  );
  print("The stand-in for Stripe knows the keys of the story only: it calls any other key unknown.");
  for (const login of WRITERS.slice(0, 1))
    print(`  ${paint("bold", `git clone ${github.cloneUrl(repository, login)}`)}`);
  const seen = new Set(repository.checkRuns.map((run) => run.id));
  for (;;) {
    const heads = await nextVerdicts(stage, seen);
    for (const head of heads) {
      const before = entries.at(-1)?.issues ?? [];
      const shown = await observe(stage, head, arrivalOf(stage, head));
      print("");
      print(paint("bold", `${head.slice(0, 7)}  ${shown.message}`));
      tellVerdict(audience, shown, before, github.origin);
      const id = `push-${head}`;
      const known = entries.findIndex((entry) => entry.id === id);
      const entry = { ...shown, id, chapter: null, differences: [] };
      if (known === -1) entries.push(entry);
      else entries[known] = entry;
    }
    for (const run of repository.checkRuns) if (heads.includes(run.headSha)) seen.add(run.id);
    await writePage(out, stage, entries, more);
  }
}

/** When the push of a commit was announced to the app, as `performance.now()` counts. */
function arrivalOf({ github }: Stage, head: string): number {
  const delivery = github.deliveries.findLast((one) => one.event === "push" && one.payload["after"] === head);
  const ago = delivery === undefined ? 0 : Date.now() - Date.parse(delivery.deliveredAt);
  return performance.now() - ago;
}

async function writePage(
  out: string,
  stage: Stage,
  entries: readonly PageEntry[],
  more: PageMore,
): Promise<string> {
  await mkdir(out, { recursive: true });
  const path = join(out, "index.html");
  const { github, repository } = stage;
  const url = `${github.origin}/${repository.owner.login}/${repository.name}`;
  await writeFile(path, await renderPage(entries, github.issues(repository), more, url));
  return path;
}

function aborted(signal: AbortSignal): Promise<void> {
  const abortion = Promise.withResolvers<void>();
  if (signal.aborted) abortion.resolve();
  else signal.addEventListener("abort", () => abortion.resolve(), { once: true });
  return abortion.promise;
}

async function interrupted(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw signal.reason;
}
