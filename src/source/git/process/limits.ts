/** How much one scope may cost. Whatever exceeds a limit becomes a gap. */
export interface GitLimits {
  /** Commits of one scope that are read; the newest count. */
  readonly commits: number;
  /** Changed files of one commit. */
  readonly filesPerCommit: number;
  /** Changed files of one scope. */
  readonly files: number;
  /** Bytes that one call to `git fetch` may bring, packed. */
  readonly fetchBytes: number;
  /** Bytes of one blob. GitHub itself refuses files over 100 MB. */
  readonly blobBytes: number;
  /** A blob of up to this many bytes is compared with the one it replaces; a larger one counts as entirely new. */
  readonly diffBytes: number;
  /** Milliseconds for one call to `git fetch`. */
  readonly fetchTime: number;
  /** Milliseconds in which nothing arrives from the remote, after which the call is given up. */
  readonly idleTime: number;
  /** Milliseconds for one call to any other git command, and for one answer of `git cat-file`. */
  readonly readTime: number;
  /** By how much fetching gives way to other processes: 0 not at all, 19 the most. */
  readonly niceness: number;
}

export const GIT_LIMITS: GitLimits = {
  commits: 5_000,
  filesPerCommit: 50_000,
  files: 200_000,
  fetchBytes: 2 * 1024 ** 3,
  blobBytes: 100 * 1024 ** 2,
  diffBytes: 16 * 1024 ** 2,
  fetchTime: 300_000,
  idleTime: 30_000,
  readTime: 60_000,
  niceness: 0,
};
