/** The refs of a repository, all kinds of them, and the branch that counts as default. */
import { runGit } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

/** Bytes of the list: a million refs. */
const MAX_OUTPUT = 256 * 1024 ** 2;
const FIELDS = ["refname", "objectname", "objecttype", "*objectname", "*objecttype", "symref"];

export interface Ref {
  /** Byte for byte as git writes it, read as UTF-8. */
  readonly name: string;
  readonly id: string;
  /** What the ref leads to through tags: its id and type. */
  readonly target: string;
  readonly targetType: string;
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
  const lines = await gitLines(repository, ["for-each-ref", `--format=${format}`], signal);
  const all: Ref[] = [];
  for (const line of lines) {
    const [name = "", id = "", type = "", target = "", targetType = "", symref = ""] = line.split("\0");
    if (symref !== "" || id === "") continue;
    all.push({
      name,
      id,
      target: target === "" ? id : target,
      targetType: targetType === "" ? type : targetType,
    });
  }
  const [defaultName = null] = await optionalLines(repository, ["symbolic-ref", "--quiet", "HEAD"], signal);
  const [defaultTip = null] = await optionalLines(
    repository,
    ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"],
    signal,
  );
  return { all, defaultName, defaultTip };
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
