/** The refs of a repository, all kinds of them, and the branch that counts as default. */
import { GitError } from "../process/git-error.ts";
import { runGit } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

/** Bytes of the list: a million refs. */
const MAX_OUTPUT = 256 * 1024 ** 2;
const FIELDS = ["refname", "objectname", "symref"];
/** What `git show-ref --dereference` puts behind the name of a tag, in the line that says what it leads to. */
const PEELED = "^{}";

export interface Ref {
  /** Byte for byte as git writes it, read as UTF-8. */
  readonly name: string;
  readonly id: string;
  /** The id of what the ref leads to through tags. */
  readonly target: string;
}

export interface Refs {
  readonly all: readonly Ref[];
  /** The commit of the default branch: HEAD, or that of the remote; null if there is none. */
  readonly defaultTip: string | null;
  /** Its name, `refs/heads/main`. Null where HEAD is on no branch. */
  readonly defaultName: string | null;
}

export async function listRefs(repository: HistoryRepository, signal: AbortSignal): Promise<Refs> {
  const format = FIELDS.map((field) => `%(${field})`).join("%00");
  const [lines, targets, [defaultName = null], [defaultTip = null]] = await Promise.all([
    gitLines(repository, ["for-each-ref", `--format=${format}`], signal),
    peeledTags(repository, signal),
    optionalLines(repository, ["symbolic-ref", "--quiet", "HEAD"], signal),
    optionalLines(repository, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], signal),
  ]);
  const all: Ref[] = [];
  for (const line of lines) {
    const [name = "", id = "", symref = ""] = line.split("\0");
    if (symref !== "" || id === "") continue;
    all.push({ name, id, target: targets.get(name) ?? id });
  }
  return { all, defaultName, defaultTip };
}

/**
 * What annotated tags lead to, by ref. Git has it beside packed refs, where `for-each-ref` would open what each of 50,000 refs
 * names.
 */
async function peeledTags(
  repository: HistoryRepository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const args = ["show-ref", "--dereference"] as const;
  const lines = await gitLines(repository, args, signal).catch((error: unknown) => {
    if (error instanceof GitError && error.code === "failed") return null;
    throw error;
  });
  // It fails if there are no refs, or if one of them leads nowhere.
  if (lines === null) return await peeledOneByOne(repository, signal);
  const targets = new Map<string, string>();
  for (const line of lines) {
    if (!line.endsWith(PEELED)) continue;
    const space = line.indexOf(" ");
    targets.set(line.slice(space + 1, -PEELED.length), line.slice(0, space));
  }
  return targets;
}

async function peeledOneByOne(
  repository: HistoryRepository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const lines = await gitLines(repository, ["for-each-ref", "--format=%(refname)%00%(*objectname)"], signal);
  return new Map(
    lines.flatMap((line) => {
      const [name = "", target = ""] = line.split("\0");
      return target === "" ? [] : [[name, target] as const];
    }),
  );
}

/** The id of the commit that a person names; null if there is none. */
export async function resolveCommit(
  repository: HistoryRepository,
  revision: string,
  signal: AbortSignal,
): Promise<string | null> {
  return await resolveAs(repository, revision, "commit", signal);
}

/** The same without following a tag. */
export async function resolveObject(
  repository: HistoryRepository,
  revision: string,
  signal: AbortSignal,
): Promise<string | null> {
  return await resolveAs(repository, revision, "object", signal);
}

async function resolveAs(
  repository: HistoryRepository,
  revision: string,
  type: "commit" | "object",
  signal: AbortSignal,
): Promise<string | null> {
  // A name that begins with a dash is an option to git, whatever comes before it in some versions.
  if (revision === "" || revision.startsWith("-") || /[\0\n]/.test(revision)) return null;
  const [id = null] = await optionalLines(
    repository,
    ["rev-parse", "--quiet", "--verify", `${revision}^{${type}}`],
    signal,
  );
  return id;
}

/** Lines of the output of a command that may fail, which then has none. */
async function optionalLines(
  repository: HistoryRepository,
  args: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<readonly string[]> {
  return await gitLines(repository, args, signal).catch(() => []);
}

/** Lines of the output of a command, without empty ones. */
export async function gitLines(
  repository: HistoryRepository,
  args: readonly [string, ...string[]],
  signal: AbortSignal,
  input = "",
): Promise<readonly string[]> {
  const call = { args, environment: repository.environment, timeLimit: null, signal };
  const output = await runGit(call, input, MAX_OUTPUT);
  return new TextDecoder()
    .decode(output)
    .split("\n")
    .filter((line) => line !== "");
}
