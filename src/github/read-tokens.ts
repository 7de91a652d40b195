/**
 * The tokens with which git reads: cached by installation and repository, dropped once GitHub refuses them, and created by
 * one request if several callers ask at once. A token is only used for the installation it was created for.
 */
import { z } from "zod";
import { AccessToken } from "./access-token.ts";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";

/** A fetch by git may last this long after it got its token. */
const SPARE_MS = 15 * 60_000;
/** How long a token is kept where GitHub does not say when it ends. */
const DEFAULT_LIFE_MS = 30 * 60_000;
/** Cached tokens; the oldest are dropped first. */
const MAX_TOKENS = 10_000;

const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.string().optional() });

export interface ReadTokens {
  /**
   * A token that can only read the contents of one repository, for git.
   *
   * @param refused the token that GitHub just refused, which is not given again; null at first
   * @throws GitHubError
   */
  get(installationId: number, repositoryId: number, refused: AccessToken | null): Promise<AccessToken>;
}

interface KeptToken {
  readonly token: AccessToken;
  readonly usableUntil: number;
}

/** @param asApp the client that authenticates as the app */
export function createReadTokens(asApp: () => Promise<GitHubClient>): ReadTokens {
  const kept = new Map<string, KeptToken>();
  const pending = new Map<string, Promise<AccessToken>>();

  async function make(key: string, installationId: number, repositoryId: number): Promise<AccessToken> {
    const octokit = await asApp();
    // By REST and not by `octokit.auth`, which asks github.com whatever the base URL is.
    const answer = await ask("get a token for git", () =>
      octokit.rest.apps.createInstallationAccessToken({
        installation_id: installationId,
        repository_ids: [repositoryId],
        permissions: { contents: "read" },
      }),
    );
    const made = check("get a token for git", tokenSchema, answer.data);
    const token = new AccessToken(made.token);
    const ends = Date.parse(made.expires_at ?? "") - SPARE_MS;
    const usableUntil = Number.isNaN(ends) ? Date.now() + DEFAULT_LIFE_MS : ends;
    kept.delete(key);
    kept.set(key, { token, usableUntil });
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_TOKENS) break;
      kept.delete(oldest);
    }
    return token;
  }

  return {
    async get(installationId, repositoryId, refused) {
      const key = `${installationId}/${repositoryId}`;
      const known = kept.get(key);
      if (known !== undefined && !known.token.is(refused) && known.usableUntil > Date.now())
        return known.token;
      kept.delete(key);
      let made = pending.get(key);
      if (made === undefined) {
        made = make(key, installationId, repositoryId).finally(() => pending.delete(key));
        pending.set(key, made);
      }
      return await made;
    },
  };
}
