/**
 * Questions about refs, commit ranges, merges and changed paths, answered by one git command each, and the few changes
 * that the server itself makes: commits of merges, and refs.
 */
import type { GitConfiguration } from "./process.ts";
import { git, gitLines } from "./process.ts";
import { ZERO } from "./commit.ts";

/** The repository that a git command runs on. */
export interface GitAt {
  readonly configuration: GitConfiguration;
  readonly path: string;
}

export type Refs = ReadonlyMap<string, string>;

/** Branches and tags, without GitHub's own `refs/pull`. */
export async function readRefs(at: GitAt): Promise<Refs> {
  const lines = await gitLines(at.configuration, at.path, [
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    "refs/heads",
    "refs/tags",
  ]);
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
}

export interface RefUpdate {
  readonly ref: string;
  /** Forty zeros for a new ref. */
  readonly before: string;
  /** Forty zeros for a deleted ref. */
  readonly after: string;
}

export function updatesBetween(before: Refs, after: Refs): RefUpdate[] {
  const updates: RefUpdate[] = [];
  for (const [ref, oid] of after) {
    const old = before.get(ref) ?? ZERO;
    if (old !== oid) updates.push({ ref, before: old, after: oid });
  }
  for (const [ref, oid] of before) if (!after.has(ref)) updates.push({ ref, before: oid, after: ZERO });
  return updates;
}

/** Commits reachable from `include` and not from `exclude`, newest first. */
export function commitsBetween(
  at: GitAt,
  include: readonly string[],
  exclude: readonly string[],
  options: {
    readonly limit?: number;
    readonly skip?: number;
    readonly path?: string;
    readonly dates?: readonly string[];
  } = {},
): Promise<string[]> {
  const args = ["rev-list", "--stdin", ...(options.dates ?? [])];
  if (options.limit !== undefined) args.push(`--max-count=${options.limit}`);
  if (options.skip !== undefined) args.push(`--skip=${options.skip}`);
  const names = [...include, ...exclude.filter((name) => name !== ZERO).map((name) => `^${name}`)];
  const paths = options.path === undefined ? [] : ["--", options.path];
  return gitLines(at.configuration, at.path, args, { input: [...names, ...paths, ""].join("\n") });
}

export async function countBetween(at: GitAt, include: string, exclude: string): Promise<number> {
  const lines = await gitLines(at.configuration, at.path, ["rev-list", "--count", include, `^${exclude}`]);
  return Number(lines[0] ?? "0");
}

/** The best common ancestor; null for unrelated histories. */
export async function mergeBase(at: GitAt, one: string, other: string): Promise<string | null> {
  const result = await git(at.configuration, at.path, ["merge-base", one, other], { accept: [1] });
  return result.status === 0 ? result.output.toString().trim() : null;
}

export async function isAncestor(at: GitAt, ancestor: string, of: string): Promise<boolean> {
  const result = await git(at.configuration, at.path, ["merge-base", "--is-ancestor", ancestor, of], {
    accept: [1, 128],
  });
  return result.status === 0;
}

export interface ChangedPaths {
  readonly added: string[];
  readonly removed: string[];
  readonly modified: string[];
}

/** The paths that each commit changes against its first parent, at most 3,000 each, for the push payload. */
export async function changedPaths(at: GitAt, shas: readonly string[]): Promise<Map<string, ChangedPaths>> {
  const all = new Map<string, ChangedPaths>();
  if (shas.length === 0) return all;
  const { output } = await git(
    at.configuration,
    at.path,
    [
      "log",
      "--stdin",
      "--no-walk=unsorted",
      "-z",
      "--name-status",
      "--no-renames",
      "--diff-merges=first-parent",
      "--format=%H",
    ],
    { input: `${shas.join("\n")}\n` },
  );
  let current: ChangedPaths = { added: [], removed: [], modified: [] };
  let count = 0;
  const tokens = output.toString().split("\0");
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]?.replace(/^\n/, "") ?? "";
    if (/^[0-9a-f]{40}$/.test(token)) {
      current = { added: [], removed: [], modified: [] };
      count = 0;
      all.set(token, current);
    } else if (/^[A-Z]$/.test(token)) {
      index += 1;
      count += 1;
      if (count > 3000) continue;
      const list = token === "A" ? current.added : token === "D" ? current.removed : current.modified;
      list.push(tokens[index] ?? "");
    }
  }
  return all;
}

/** The tree of a merge; null on conflicts. Needs git 2.38. */
export async function mergeTrees(at: GitAt, base: string, head: string): Promise<string | null> {
  const result = await git(
    at.configuration,
    at.path,
    ["merge-tree", "--write-tree", "--allow-unrelated-histories", "--no-messages", base, head],
    { accept: [1] },
  );
  return result.status === 0 ? result.output.toString().trim() : null;
}

export async function commitTree(
  at: GitAt,
  tree: string,
  parents: readonly string[],
  message: string,
  people: { readonly author: string; readonly authorEmail: string; readonly date?: string },
): Promise<string> {
  const date =
    people.date === undefined ? {} : { GIT_AUTHOR_DATE: people.date, GIT_COMMITTER_DATE: people.date };
  const { output } = await git(
    at.configuration,
    at.path,
    ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])],
    {
      input: `${message}\n`,
      environment: {
        GIT_AUTHOR_NAME: people.author,
        GIT_AUTHOR_EMAIL: people.authorEmail,
        GIT_COMMITTER_NAME: "GitHub",
        GIT_COMMITTER_EMAIL: "noreply@github.com",
        ...date,
      },
    },
  );
  return output.toString().trim();
}

/** Sets a ref, or deletes it if `oid` is null. */
export async function setRef(at: GitAt, ref: string, oid: string | null): Promise<void> {
  const args = oid === null ? ["update-ref", "-d", ref] : ["update-ref", ref, oid];
  await git(at.configuration, at.path, args);
}
