import type { Octokit } from "@octokit/rest";

/** What the calls of this room need: an Octokit of Probot's, or one of `@octokit/rest` where a token replaces an installation. */
export type GitHubClient = Pick<Octokit, "rest" | "paginate">;
