import type { addressOf, GitHubClient } from "../../github/index.ts";

/** Everything that each request of the source needs. */
export interface RestAccess {
  readonly octokit: GitHubClient;
  readonly address: ReturnType<typeof addressOf>;
  /** `blobBytes`: a larger blob is a gap. */
  readonly limits: { readonly blobBytes: number };
}
