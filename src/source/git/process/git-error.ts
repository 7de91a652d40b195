/**
 * Errors of git, as codes to branch on, and when a retry makes sense. Messages contain no token and nothing of a
 * repository's content. Git explains itself only on standard error, in English because `LC_ALL` is `C`.
 */
export type GitErrorCode =
  /** One call to git took longer than its time limit. */
  | "timeout"
  /** Nothing arrived for longer than the time limit without a byte. */
  | "stalled"
  /** The caller's signal. */
  | "aborted"
  /** More bytes came than the limits allow. */
  | "too_many_bytes"
  /** The disk has no room for them. */
  | "disk_full"
  /** Git needs more memory than it is given. */
  | "out_of_memory"
  /** The remote lacks, or refuses, an object or ref that was asked for. */
  | "not_found"
  /** The remote refuses these credentials, or there is no such repository: GitHub answers both the same way. */
  | "access_denied"
  /** The remote redirects, as GitHub does after a rename: ask for the new URL by the repository's id. */
  | "moved"
  /** The remote was unreachable, limits requests, broke off or failed. */
  | "network"
  /** The mirror was deleted while it was in use, or is damaged. Preparing again makes a new one. */
  | "mirror_gone"
  /** The `git` program is missing, or too old. */
  | "no_git"
  /** An argument that is not an object id, ref or allowed URL. */
  | "invalid_request"
  | "failed";

/**
 * When the same call may work: `soon` for what passes in seconds or minutes, `hours` for what passes only once a
 * person or a replica changes something, `never` for limits and for what this machine lacks.
 */
export type GitRetry = "soon" | "hours" | "never";

const RETRY: Readonly<Record<GitErrorCode, GitRetry>> = {
  timeout: "never",
  stalled: "soon",
  aborted: "never",
  too_many_bytes: "never",
  disk_full: "hours",
  out_of_memory: "soon",
  not_found: "never",
  access_denied: "hours",
  moved: "hours",
  network: "soon",
  mirror_gone: "soon",
  no_git: "never",
  invalid_request: "never",
  failed: "soon",
};

export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: GitErrorCode;
  readonly retry: GitRetry;
  /** Whether the same call may work later. */
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
    this.retry = RETRY[code];
    this.retryable = this.retry !== "never";
    this.objects = options.objects ?? [];
  }
}

const NOT_OURS = /(?:not our ref|unadvertised object) ([0-9a-f]{40,64})/g;

/** The typed form of a failed call, from how it ended and what it wrote to standard error. */
export function errorOfExit(subcommand: string, exit: string, stderr: string): GitError {
  const objects = [...stderr.matchAll(NOT_OURS)].flatMap((match) => match[1] ?? []);
  // A reading command may name a file in its message, and a name may contain a key.
  const last =
    subcommand === "fetch"
      ? (stderr
          .trim()
          .split(/[\r\n]/)
          .at(-1) ?? "")
      : "";
  const message = `git ${subcommand} ended with ${exit}${last === "" ? "" : `: ${last.slice(0, 300)}`}`;
  return new GitError(codeOf(stderr, objects), message, { objects });
}

/** What git writes, from the most certain to the least; the first that matches counts. */
const CAUSES: readonly (readonly [RegExp, GitErrorCode])[] = [
  [
    /^(?:fatal: |error: )?(?:inflate: )?out of memory\b|^fatal: mmap failed: cannot allocate memory/im,
    "out_of_memory",
  ],
  [/couldn't find remote ref|no such remote ref/i, "not_found"],
  [/error: (?:429|5\d\d)\b|rate limit|too many requests/i, "network"],
  [
    /Authentication failed|could not read (?:Username|Password)|error: 40[13]\b|terminal prompts disabled/,
    "access_denied",
  ],
  [
    /repository '.*' not found|does not appear to be a git repository|error: (?:404|410|451)\b/i,
    "access_denied",
  ],
  [/error: 30[1278]\b/, "moved"],
  [
    /Could not resolve|Failed to connect|unable to access|early EOF|hung up|RPC failed|timed out|Connection reset|unexpected disconnect|expected flush|bad line length|dumb http transport/i,
    "network",
  ],
  [/not a git repository/i, "mirror_gone"],
];

function codeOf(stderr: string, objects: readonly string[]): GitErrorCode {
  if (objects.length > 0) return "not_found";
  return CAUSES.find(([pattern]) => pattern.test(stderr))?.[1] ?? "failed";
}
