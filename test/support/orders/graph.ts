import { createHash } from "node:crypto";
import type { GitSource } from "../../../src/source/index.ts";
import { keyOf } from "../../../fixtures/keys.ts";
import { commitAnswer, fileAnswer } from "../rest-answers.ts";

/** One commit: it adds one file, in which a key may be. */
interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  /** Which of the keys it holds; null: none. */
  readonly key: number | null;
}

/** The text of a key by its number. */
export function keyText(number: number): string {
  return keyOf("sk_live_", `orders ${number}`);
}

export function fingerprintOf(number: number): string {
  return createHash("sha256").update(keyText(number)).digest("hex").slice(0, 20);
}

/** The commits of a repository in memory, as REST and git show them. */
export class Graph {
  readonly #commits = new Map<string, Commit>();

  add(parents: readonly string[], key: number | null): string {
    const sha = createHash("sha1").update(`commit ${this.#commits.size}`).digest("hex");
    this.#commits.set(sha, { sha, parents, key });
    return sha;
  }

  parents(sha: string): readonly string[] {
    return this.#commits.get(sha)?.parents ?? [];
  }

  /** Every commit that a tip holds. */
  held(tip: string): Set<string> {
    const held = new Set<string>();
    const left = [tip];
    for (let sha = left.pop(); sha !== undefined; sha = left.pop()) {
      if (held.has(sha)) continue;
      held.add(sha);
      left.push(...this.parents(sha));
    }
    return held;
  }

  /** What `tip` holds and none of the others does, oldest first. */
  range(tip: string, others: readonly string[]): string[] {
    const excluded = new Set(others.flatMap((other) => [...this.held(other)]));
    const wanted = this.held(tip);
    return [...this.#commits.keys()].filter((sha) => wanted.has(sha) && !excluded.has(sha));
  }

  keys(commits: Iterable<string>): Set<number> {
    return new Set([...commits].flatMap((sha) => this.#commits.get(sha)?.key ?? []));
  }

  /** As GitHub's REST API shows the commit; undefined where there is none. */
  answer(sha: string): object | undefined {
    const commit = this.#commits.get(sha);
    if (commit === undefined) return undefined;
    const line = commit.key === null ? "nothing to see" : `stripe("${keyText(commit.key)}")`;
    const file = fileAnswer({
      filename: `src/${sha.slice(0, 8)}.ts`,
      status: "added",
      sha: null,
      patch: `@@ -0,0 +1 @@\n+${line}`,
    });
    return commitAnswer([file], { sha, parents: commit.parents.map((parent) => ({ sha: parent })) });
  }

  /** As git shows it: with the same content as REST. */
  source(refs: ReadonlyMap<string, string>): GitSource {
    return {
      prepare: async ({ include, exclude }) => this.#prepared(this.range(include[0] ?? "", exclude)),
      prepareTips: async (commits) => this.#prepared(commits),
      listRefs: async () => [...refs].map(([ref, sha]) => ({ ref, sha, peeled: null })),
      readBlob: unused,
      read: (commits) => this.#read(commits),
    };
  }

  #prepared(commits: readonly string[]): Awaited<ReturnType<GitSource["prepare"]>> {
    const nodes = commits.toReversed().map((sha) => ({ sha, parents: this.parents(sha) }));
    return { commits: nodes, gaps: [], fetches: [] };
  }

  async *#read(commits: readonly string[]): ReturnType<GitSource["read"]> {
    for (const sha of commits) {
      const key = this.#commits.get(sha)?.key ?? null;
      const text = key === null ? "nothing to see" : `stripe("${keyText(key)}")`;
      const hunk = { newStart: 1, text: Buffer.from(text), added: [{ first: 1, last: 1 }] };
      const content = { kind: "hunks", hunks: [hunk] } as const;
      const files = [{ path: `src/${sha.slice(0, 8)}.ts`, blob: null, content }];
      yield { sha, parents: this.parents(sha), message: "", people: "", files, gaps: [] };
    }
  }
}

async function unused(): Promise<never> {
  throw new Error("Not used in these tests.");
}
