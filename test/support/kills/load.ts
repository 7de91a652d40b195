/**
 * People who go on working while the app is killed, and what must hold of their commits whatever happened: by what they
 * pushed, and not by the app's own record.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalGitHub, Repository } from "local-github";
import { cloneOf } from "../../../fixtures/clone.ts";
import type { Clone } from "../../../fixtures/clone.ts";
import { keyOf } from "../../../fixtures/keys.ts";
import { markersOf } from "../../../src/report/index.ts";

/** Between two actions of one person. */
const PAUSE_MS = 700;

/** One person, in one repository, and the commits that need a check. */
export class Person {
  readonly repository: Repository;
  readonly #github: LocalGitHub;
  readonly #clone: Clone;
  readonly #first: string;
  /** Heads that were pushed, and whether a key came with them. */
  readonly heads = new Map<string, boolean>();
  /** Heads that were green over a key at any time. */
  readonly wrong = new Set<string>();
  keys = 0;
  #steps = 0;

  private constructor(github: LocalGitHub, repository: Repository, clone: Clone, first: string) {
    this.#github = github;
    this.repository = repository;
    this.#clone = clone;
    this.#first = first;
    this.heads.set(first, false);
    github.watch(() => {
      for (const [head, leaks] of this.heads)
        if (leaks && this.#current(head) === "success") this.wrong.add(head);
    });
  }

  static async begin(github: LocalGitHub, directory: string, name: string): Promise<Person> {
    const repository = await github.createRepository({
      owner: "acme",
      name,
      private: true,
      roles: { ann: "write" },
    });
    const clone = await cloneOf(github.cloneUrl(repository, "ann"), join(directory, name));
    const first = await clone.commit("Begin", { "README.md": `# ${name}\n` });
    await clone.push("HEAD:main");
    await github.until(
      () => github.checkRuns(repository, first, "Rollcall").at(-1)?.status === "completed",
      "the first check",
      300_000,
    );
    return new Person(github, repository, clone, first);
  }

  /** Pushes, opens pull requests and merges, until told to stop. */
  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      this.#steps += 1;
      await this.#act(Math.random());
      await wait(PAUSE_MS * 2 * Math.random());
    }
  }

  async #act(chance: number): Promise<void> {
    const leaks = Math.random() < 0.3;
    if (chance < 0.7) return this.#push("main", leaks);
    const branch = `branch-${this.#steps}`;
    await this.#clone.git("switch", "--quiet", "--create", branch, this.#first);
    await this.#push(branch, leaks);
    await this.#clone.git("switch", "--quiet", "main");
    const { repository } = this;
    const pull = await this.#github.openPullRequest(repository, { head: branch, by: "ann" });
    if (chance < 0.85) return;
    const merge = await this.#github.mergePullRequest(repository, pull, "ann");
    this.heads.set(merge, leaks);
    await this.#clone.git("pull", "--quiet", "--ff-only", "origin", "main");
  }

  async #push(branch: string, leaks: boolean): Promise<void> {
    const file = `src/${this.repository.name}-${this.#steps}.py`;
    const key = keyOf("sk_live_", `${this.repository.name} ${this.#steps}`);
    const text = leaks ? `import stripe\nstripe.api_key = "${key}"\n` : `value = ${this.#steps}\n`;
    const head = await this.#clone.commit(`Step ${this.#steps}`, { [file]: text });
    if (leaks) this.keys += 1;
    this.heads.set(head, leaks);
    await this.#clone.push(`HEAD:${branch}`);
  }

  #current(head: string): string {
    const run = this.#github.checkRuns(this.repository, head, "Rollcall").at(-1);
    return run === undefined ? "no check" : (run.conclusion ?? run.status);
  }

  /** What does not hold yet, one line each. */
  unsettled(): readonly string[] {
    const { name } = this.repository;
    const heads = [...this.heads].flatMap(([head, leaks]) => {
      const is = this.#current(head);
      return is === (leaks ? "failure" : "success") ? [] : [`${name} ${head.slice(0, 7)} is ${is}`];
    });
    const issues = this.#github.issues(this.repository);
    const markers = issues.flatMap(({ body }) => markersOf(body ?? ""));
    const distinct = new Set(markers).size;
    return [
      ...heads,
      ...(distinct === this.keys && markers.length === this.keys
        ? []
        : [`${name}: ${this.keys} keys, ${markers.length} issues, ${distinct} different`]),
    ];
  }
}
