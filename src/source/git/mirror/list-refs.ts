import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitEnvironment } from "../process/git-environment.ts";
import { GitError } from "../process/git-error.ts";
import { runGit } from "../process/git-process.ts";
import type { GitLimits } from "../process/limits.ts";
import { callRemote } from "./remote.ts";
import type { Remote } from "./remote.ts";

/** A ref of the remote and the object that it names. */
export interface RefTip {
  /** Full name, such as `refs/heads/main`. A stranger chose it: never show it unredacted. */
  readonly ref: string;
  /** A commit, or an annotated tag. */
  readonly sha: string;
  /** What an annotated tag marks; null for everything else. */
  readonly peeled: string | null;
}

/** Bytes of the list: about 600,000 refs. */
const MAX_LIST_BYTES = 64 * 1024 ** 2;
const LINE = /^([0-9a-f]{40}|[0-9a-f]{64})\t(refs\/.+)$/;
const PEELED = "^{}";

/**
 * The tips of all refs, by one request (`git ls-remote`). It needs no mirror and takes no lock.
 *
 * @throws GitError
 */
export async function listRefs(
  remote: Remote,
  options: {
    readonly inherited: Readonly<Record<string, string | undefined>>;
    readonly limits: GitLimits;
    readonly signal: AbortSignal;
  },
): Promise<RefTip[]> {
  const { inherited, limits, signal } = options;
  const output = await callRemote(remote, signal, async ({ url, settings, secrets }) => {
    const environment = gitEnvironment({
      inherited,
      gitDirectory: join(tmpdir(), "rollcall-no-repository"),
      protocols: remote.protocols,
      settings,
    });
    const call = {
      args: ["ls-remote", "--quiet", "--", url] as const,
      environment,
      timeLimit: limits.fetchTime,
      idleLimit: limits.idleTime,
      niceness: limits.niceness,
      signal,
      secrets,
    };
    return await runGit(call, "", MAX_LIST_BYTES);
  });
  return parseRefs(new TextDecoder("utf-8", { ignoreBOM: true }).decode(output));
}

function parseRefs(text: string): RefTip[] {
  const tips: RefTip[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.endsWith("\tHEAD")) continue;
    const [, sha, ref] = LINE.exec(line) ?? [];
    if (sha === undefined || ref === undefined)
      throw new GitError("network", "git ls-remote wrote a line that is not a ref; ask again");
    const last = tips.at(-1);
    if (ref.endsWith(PEELED) && last !== undefined && `${last.ref}${PEELED}` === ref)
      tips.splice(-1, 1, { ...last, peeled: sha });
    else tips.push({ ref, sha, peeled: null });
  }
  return tips;
}
