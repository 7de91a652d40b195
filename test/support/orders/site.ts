import { isNamedLikeMergeQueue, NO_FACTS } from "../../../src/domain/index.ts";
import type { Notice, Repository } from "../../../src/domain/index.ts";
import { fingerprintOf, Graph } from "./graph.ts";

export const REPOSITORY: Repository = {
  id: 1,
  installationId: 5,
  owner: "acme",
  name: "shop",
  private: true,
  defaultBranch: "main",
};

export interface Mail {
  readonly id: string;
  readonly notices: readonly Notice[];
}

export interface Pull {
  readonly number: number;
  readonly author: "ann" | "stranger";
  /** Null: the branch of a fork, which has no ref here. */
  readonly branch: string | null;
  base: string;
  head: string;
  state: "open" | "closed" | "merged";
  updatedAt: Date;
}

/** The pull request as GitHub's list has it. */
export function shownPull({ number, author, base, head, state, updatedAt }: Pull): object {
  return {
    number,
    state: state === "open" ? "open" : "closed",
    user: { login: author },
    base: { sha: base },
    head: { sha: head },
    updated_at: updatedAt.toISOString(),
  };
}

/** What people do on GitHub, and the deliveries that it makes of that; each is kept until a test delivers it. */
export class Site {
  readonly graph = new Graph();
  readonly refs = new Map<string, string>();
  readonly pulls: Pull[] = [];
  /** Deliveries that were not made yet. */
  readonly mail: Mail[] = [];
  readonly first: string;
  /** Whether the repository is private now. */
  private = true;
  wasPublic = false;
  #deliveries = 0;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
    this.first = this.graph.add([], 0);
    this.refs.set("refs/heads/main", this.first);
  }

  /** Commits on a branch, which begins at main where it is new; then pushes it. */
  push(branch: string, keys: readonly (number | null)[]): void {
    const ref = `refs/heads/${branch}`;
    let tip = this.refs.get(ref) ?? this.#main();
    for (const key of keys) tip = this.graph.add([tip], key);
    this.#move(ref, tip);
  }

  /** Drops the newest commit of a branch by force. */
  pushBack(branch: string): void {
    const ref = `refs/heads/${branch}`;
    const [parent] = this.graph.parents(this.refs.get(ref) ?? "");
    if (parent !== undefined) this.#move(ref, parent);
  }

  tag(name: string, branch: string): void {
    const tip = this.refs.get(`refs/heads/${branch}`);
    if (tip !== undefined) this.#move(`refs/tags/${name}`, tip);
  }

  delete(ref: string): void {
    if (!this.refs.delete(ref)) return;
    const asOf = this.#time();
    this.#send({ kind: "scope_ended", repository: this.#repository(), key: `push:${ref}`, asOf });
  }

  merge(branch: string): void {
    const tip = this.refs.get(`refs/heads/${branch}`);
    if (tip === undefined || this.graph.held(this.#main()).has(tip)) return;
    this.#move("refs/heads/main", this.graph.add([this.#main(), tip], null));
  }

  /** @param key what the fork's commit holds, where the pull request comes from a fork */
  open(branch: string | null, author: Pull["author"], key: number | null): void {
    const head =
      branch === null ? this.graph.add([this.#main()], key) : this.refs.get(`refs/heads/${branch}`);
    if (head === undefined || this.pulls.length >= 4) return;
    const number = this.pulls.length + 1;
    const pull: Pull = {
      number,
      author,
      branch,
      base: this.#main(),
      head,
      state: "open",
      updatedAt: this.#time(),
    };
    this.pulls.push(pull);
    this.#tell(pull, null);
  }

  /** The next commit of a fork's pull request. */
  pushToFork(number: number, key: number | null): void {
    const pull = this.#open(number);
    if (pull === undefined || pull.branch !== null) return;
    const before = pull.head;
    pull.head = this.graph.add([before], key);
    this.#tell(pull, before);
  }

  close(number: number): void {
    const pull = this.#open(number);
    if (pull === undefined) return;
    pull.state = "closed";
    this.#send(this.#ended(pull));
  }

  reopen(number: number): void {
    const pull = this.pulls[number - 1];
    if (pull === undefined || pull.state !== "closed") return;
    pull.state = "open";
    this.#tell(pull, null);
  }

  /** Moves the base of a pull request to where main is now. */
  editBase(number: number): void {
    const pull = this.#open(number);
    if (pull === undefined || this.graph.held(this.#main()).has(pull.head)) return;
    pull.base = this.#main();
    this.#tell(pull, null);
  }

  mergePull(number: number): void {
    const pull = this.#open(number);
    if (pull === undefined || this.graph.held(this.#main()).has(pull.head)) return;
    pull.state = "merged";
    this.#send({ ...this.#scopeOf(pull, null), trust: { kind: "writer" } }, this.#ended(pull));
    this.#move("refs/heads/main", this.graph.add([this.#main(), pull.head], null));
  }

  /** Makes the repository public or private. */
  toggleVisibility(): void {
    this.private = !this.private;
    this.wasPublic ||= !this.private;
    this.#send({
      kind: "repository_changed",
      repository: this.#repository(),
      state: "active",
      publicized: !this.private,
    });
  }

  /** Something happened to an issue of the app. */
  issueChanged(number: number): void {
    this.#send({ kind: "issue_changed", repository: this.#repository(), number, marked: true });
  }

  /** The repository as GitHub shows it. */
  shown(): object {
    const { owner: login, name, defaultBranch } = REPOSITORY;
    return { name, owner: { login }, private: this.private, default_branch: defaultBranch };
  }

  rerun(head: string): void {
    this.#send({ kind: "rerun", repository: this.#repository(), head });
  }

  #repository(): Repository {
    return { ...REPOSITORY, private: this.private };
  }

  #main(): string {
    return this.refs.get("refs/heads/main") ?? this.first;
  }

  #open(number: number): Pull | undefined {
    const pull = this.pulls[number - 1];
    return pull?.state === "open" ? pull : undefined;
  }

  #move(ref: string, after: string): void {
    const before = this.refs.get(ref) ?? null;
    if (before === after || isNamedLikeMergeQueue(ref)) return;
    this.refs.set(ref, after);
    const listedCommits = this.graph.range(after, before === null ? [] : [before]);
    this.#send({
      kind: "scope",
      repository: this.#repository(),
      scope: { kind: "push", ref, before, after },
      facts: {
        ...NO_FACTS,
        listedCommits: before === null ? [] : listedCommits,
        commitCount: before === null ? null : listedCommits.length,
        previousHead: before,
        forced: before !== null && !this.graph.held(after).has(before),
      },
      trust: { kind: "writer" },
      asOf: this.#time(),
      lane: "trusted",
    });
    for (const pull of this.pulls) {
      if (pull.state !== "open" || pull.branch === null || ref !== `refs/heads/${pull.branch}`) continue;
      const previous = pull.head;
      pull.head = after;
      this.#tell(pull, previous);
    }
  }

  #scopeOf(pull: Pull, previousHead: string | null): Extract<Notice, { kind: "scope" }> {
    const { number, base, head, author } = pull;
    pull.updatedAt = this.#time();
    return {
      kind: "scope",
      repository: this.#repository(),
      scope: { kind: "pull_request", number, base, head },
      facts: { ...NO_FACTS, commitCount: this.graph.range(head, [base]).length, previousHead },
      trust: { kind: "author", login: author },
      asOf: this.#time(),
      lane: author === "ann" ? "trusted" : "stranger",
    };
  }

  #tell(pull: Pull, previousHead: string | null): void {
    this.#send(this.#scopeOf(pull, previousHead));
  }

  #ended(pull: Pull): Notice {
    pull.updatedAt = this.#time();
    const key = `pull_request:${pull.number}`;
    return { kind: "scope_ended", repository: this.#repository(), key, asOf: this.#time() };
  }

  /** GitHub's times have whole seconds. */
  #time(): Date {
    return new Date(Math.floor(this.#now().getTime() / 1000) * 1000);
  }

  #send(...notices: readonly Notice[]): void {
    this.#deliveries += 1;
    this.mail.push({ id: `delivery ${this.#deliveries}`, notices });
  }
}

/** What must hold of the keys in the end, by what was accepted; kept apart from the app's own record. */
export class Expectation {
  /** Heads and, for each, the keys that its check must not be green over. */
  readonly #byHead = new Map<string, Set<number>>();
  /** Keys that a writer brought: each has exactly one issue. */
  readonly reported = new Set<number>();
  /** Tips of pushes that were accepted before. */
  readonly #tips: string[];
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
    this.#tips = [site.first];
  }

  /** Notes what an accepted delivery brings. */
  accept(notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (notice.kind !== "scope") continue;
      const { scope, trust } = notice;
      const { graph } = this.#site;
      if (scope.kind === "push") {
        const known = scope.before === null ? this.#tips : [scope.before];
        const keys = graph.keys(graph.range(scope.after, known));
        this.#byHead.set(scope.after, keys.union(this.#byHead.get(scope.after) ?? new Set()));
        for (const key of keys) this.reported.add(key);
        this.#tips.push(scope.after);
      } else if (trust.kind === "writer" || (trust.kind === "author" && trust.login === "ann")) {
        for (const key of graph.keys(graph.range(scope.head, [scope.base]))) this.reported.add(key);
      }
    }
  }

  heads(): readonly string[] {
    return [...this.#byHead.keys()];
  }

  /** Fingerprints of the keys that keep a head from being green, by its pushes and open pull requests. */
  keysAt(head: string): ReadonlySet<string> {
    const { graph, pulls } = this.#site;
    const open = pulls.filter((pull) => pull.state === "open" && pull.head === head);
    const keys = new Set(this.#byHead.get(head));
    for (const { base } of open) for (const key of graph.keys(graph.range(head, [base]))) keys.add(key);
    return new Set([...keys].map(fingerprintOf));
  }
}
