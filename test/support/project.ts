import { join } from "node:path";
import type { CheckRun, Issue, LocalGitHub, Repository } from "local-github";
import { cloneOf } from "../../fixtures/clone.ts";
import type { Clone } from "../../fixtures/clone.ts";

/** What a project needs of the app that watches it. */
interface WatchingApp {
  readonly github: LocalGitHub;
  readonly directory: string;
  settled(): Promise<void>;
  problems(): string;
}

/** Only to say what is missing when the app hangs. */
const HANGS_MS = 240_000;

let clones = 0;

/** One repository that the app is installed on, for one scenario. */
export class Project {
  readonly app: WatchingApp;
  readonly repository: Repository;

  constructor(app: WatchingApp, repository: Repository) {
    this.app = app;
    this.repository = repository;
  }

  get github(): LocalGitHub {
    return this.app.github;
  }

  /** A working copy, by default of someone who can write. */
  clone(login = "ann", repository = this.repository): Promise<Clone> {
    clones += 1;
    return cloneOf(this.github.cloneUrl(repository, login), join(this.app.directory, `clone-${clones}`));
  }

  /** A working copy with a first commit that was pushed to `main` and checked. */
  async begun(files: Parameters<Clone["commit"]>[1] = { "README.md": "# Shop\n" }): Promise<Clone> {
    const clone = await this.clone();
    const first = await clone.commit("Begin", files);
    await clone.push("HEAD:main");
    await this.completedCheck(first);
    return clone;
  }

  /** Runs of a check on a commit, oldest first. */
  checks(head: string, name = "Rollcall"): CheckRun[] {
    return this.github.checkRuns(this.repository, head, name);
  }

  /** The run that counts on a commit, once it is completed and, where `which` is given, as it says. */
  async completedCheck(head: string, which: (run: CheckRun) => boolean = () => true): Promise<CheckRun> {
    const current = (): CheckRun | undefined => this.checks(head).at(-1);
    const holds = (): boolean => {
      const run = current();
      return run?.status === "completed" && which(run);
    };
    try {
      await this.github.until(holds, `a completed check on ${head}`, HANGS_MS);
    } catch (cause) {
      const run = current();
      const is = `It is ${run?.status ?? "missing"} ${run?.conclusion ?? ""} "${run?.title ?? ""}".`;
      throw new Error(`${is} The app said:\n${this.app.problems()}`, { cause });
    }
    const run = current();
    if (run === undefined) throw new Error("No run");
    return run;
  }

  /** The run that counts on a commit when the app has nothing left to do. */
  async settledCheck(head: string): Promise<CheckRun> {
    await this.app.settled();
    const run = this.checks(head).at(-1);
    if (run === undefined) throw new Error(`No run on ${head}. The app said:\n${this.app.problems()}`);
    return run;
  }

  issues(): Issue[] {
    return this.github.issues(this.repository);
  }

  /** Everything that people can read on the site: runs, annotations, issues and their former bodies. */
  published(): string {
    return JSON.stringify([
      this.repository.checkRuns.map(({ title, summary, text, annotations }) => [
        title,
        summary,
        text,
        annotations,
      ]),
      this.issues().map(({ title, body, bodies, comments }) => [title, body, bodies, comments]),
    ]);
  }
}
