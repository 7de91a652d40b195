export type GitErrorCode =
  /** The time limit of one call to git passed. */
  | "timeout"
  /** The caller's signal. */
  | "aborted"
  /** More bytes came than the limits allow. */
  | "too_many_bytes"
  /** The remote does not have, or does not give, an object or ref that was asked for. */
  | "not_found"
  /** The remote wants other credentials, or says that there is no such repository (GitHub says so for both). */
  | "access_denied"
  /** The remote sends elsewhere, as GitHub does after a rename: ask for the new URL by the repository's id. */
  | "moved"
  /** The remote could not be reached, or broke off. */
  | "network"
  /** The mirror was deleted while it was in use, or is damaged. Preparing again makes a new one. */
  | "mirror_gone"
  /** The `git` program is not there, or too old. */
  | "no_git"
  /** An argument that is no object id, ref or allowed URL. */
  | "invalid_request"
  | "failed";

const RETRYABLE: ReadonlySet<GitErrorCode> = new Set([
  "timeout",
  "access_denied",
  "moved",
  "network",
  "mirror_gone",
  "failed",
]);

/** What went wrong with git. Messages hold no token and nothing of a repository's content. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: GitErrorCode;
  readonly retryable: boolean;
  /** Object ids that the remote refused, for `not_found`. */
  readonly objects: readonly string[];

  constructor(
    code: GitErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly objects?: readonly string[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.objects = options.objects ?? [];
  }
}

const NOT_OURS = /(?:not our ref|unadvertised object) ([0-9a-f]{40,64})/g;

/** The typed form of a failed call: git says why on stderr only, in English since `LC_ALL` is `C`. */
export function errorOfExit(subcommand: string, exit: string, stderr: string): GitError {
  const objects = [...stderr.matchAll(NOT_OURS)].flatMap((match) => match[1] ?? []);
  // What a command that reads has to say may name a file, and a name may hold a key.
  const last = subcommand === "fetch" ? (stderr.trim().split("\n").at(-1) ?? "") : "";
  const message = `git ${subcommand} ended with ${exit}${last === "" ? "" : `: ${last.slice(0, 300)}`}`;
  return new GitError(codeOf(stderr, objects), message, { objects });
}

function codeOf(stderr: string, objects: readonly string[]): GitErrorCode {
  if (objects.length > 0 || /couldn't find remote ref|no such remote ref/i.test(stderr)) return "not_found";
  if (
    /Authentication failed|could not read (?:Username|Password)|error: 40[13]\b|terminal prompts disabled/.test(
      stderr,
    )
  ) {
    return "access_denied";
  }
  if (/repository '.*' not found|does not appear to be a git repository|error: 404\b/i.test(stderr))
    return "access_denied";
  if (/error: 30[1278]\b/.test(stderr)) return "moved";
  if (
    /Could not resolve|Failed to connect|unable to access|early EOF|hung up|RPC failed|timed out/i.test(
      stderr,
    )
  ) {
    return "network";
  }
  if (/not a git repository/i.test(stderr)) return "mirror_gone";
  return "failed";
}
