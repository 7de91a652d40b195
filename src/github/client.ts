import type { Octokit } from "@octokit/rest";
import type { AccessToken } from "./access-token.ts";

/** What the calls of this room need: an Octokit of Probot's, or one of `@octokit/rest` with a token of its own. */
export type GitHubClient = Pick<Octokit, "rest" | "paginate" | "request" | "graphql">;

/** A client that acts for one installation and for no other. */
export interface InstallationClient extends GitHubClient {
  readonly installationId: number;
  /**
   * A token that can only read the contents of one repository, for git. Valid for a quarter of an hour at least.
   *
   * @param refused the token that git was just refused with, which is not given again; null at first
   * @throws GitHubError
   */
  readToken(repositoryId: number, refused: AccessToken | null): Promise<AccessToken>;
}
