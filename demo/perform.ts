import { join } from "node:path";
import type { Repository } from "local-github";
import { cloneOf } from "../fixtures/clone.ts";
import type { Clone } from "../fixtures/clone.ts";
import type { Chapter, Leak, Step } from "./chapter.ts";
import { WRITERS } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** A person at work: their own repository (a fork where they may not write) and their working copy. */
interface Desk {
  readonly repository: Repository;
  readonly clone: Clone;
}

/** Does what the chapters say: with git, and on the sites of GitHub and Stripe. */
export class Cast {
  readonly #stage: Stage;
  readonly #desks = new Map<string, Promise<Desk>>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /**
   * Performs all steps of a chapter. Returns the commit of its check run.
   *
   * @param leak what the chapter goes on with
   * @param onStep called before each step
   */
  async perform(chapter: Chapter, leak: Leak | null, onStep: (step: Step) => void): Promise<string> {
    const desk = await this.#deskOf(chapter.by);
    for (const step of chapter.steps) {
      onStep(step);
      if (isAboutLeak(step)) this.#doAbout(step, chapter.by, leak);
      else await this.#do(step, chapter.by, desk);
    }
    return leak?.head ?? desk.clone.git("rev-parse", "HEAD");
  }

  #deskOf(login: string): Promise<Desk> {
    const known = this.#desks.get(login);
    if (known !== undefined) return known;
    const made = this.#openDesk(login);
    this.#desks.set(login, made);
    return made;
  }

  async #openDesk(login: string): Promise<Desk> {
    const { github, repository, directory } = this.#stage;
    const own = WRITERS.includes(login) ? repository : await github.forkRepository(repository, login);
    return { repository: own, clone: await cloneOf(github.cloneUrl(own, login), join(directory, login)) };
  }

  async #do(step: Exclude<Step, LeakStep>, by: string, { repository, clone }: Desk): Promise<void> {
    switch (step.kind) {
      case "commit":
        await clone.commit(step.message, step.files);
        return;
      case "switch":
        await clone.git("switch", "--quiet", ...(step.create === true ? ["--create"] : []), step.branch);
        return;
      case "merge":
        await mergeInto(clone, step.branch);
        await clone.commit(step.message, step.files);
        return;
      case "push":
        await clone.push(`HEAD:refs/heads/${step.branch}`);
        return;
      case "pull-request":
        await this.#stage.github.idle();
        await this.#stage.github.openPullRequest(this.#stage.repository, {
          by,
          head: step.branch,
          title: step.title,
          ...(repository === this.#stage.repository ? {} : { from: repository }),
        });
    }
  }

  #doAbout(step: LeakStep, by: string, leak: Leak | null): void {
    const { github, repository, stripe } = this.#stage;
    if (leak === null) throw new Error(`A step "${step.kind}" needs a chapter that goes on with a leak.`);
    switch (step.kind) {
      case "close-issue":
        github.closeIssue(repository, leak.issue, by);
        return;
      case "roll-key":
        stripe.setKey(step.key, "expired");
        return;
      case "click": {
        const run = github.checkRuns(repository, leak.head, "Rollcall").at(-1);
        const action = run?.actions.find(({ label }) => label === step.button);
        if (run === undefined || action === undefined)
          throw new Error(`The check run on ${leak.head} has no button "${step.button}".`);
        github.pressAction(repository, run, action.identifier, by);
      }
    }
  }
}

type LeakStep = Extract<Step, { readonly kind: "close-issue" | "roll-key" | "click" }>;

function isAboutLeak(step: Step): step is LeakStep {
  return step.kind === "close-issue" || step.kind === "roll-key" || step.kind === "click";
}

/** Begins a merge, which a conflict stops as it should; anything else that stops it is an error. */
async function mergeInto(clone: Clone, branch: string): Promise<void> {
  try {
    await clone.git("merge", "--quiet", "--no-ff", "--no-commit", branch);
  } catch (cause) {
    const merging = await clone.git("rev-parse", "--verify", "--quiet", "MERGE_HEAD").catch(() => "");
    if (merging === "") throw new Error(`The merge of ${branch} could not begin.`, { cause });
  }
}
