import Bottleneck from "bottleneck";
import { ProbotOctokit } from "probot";
import type { Probot } from "probot";
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";

/** What the app is to GitHub. */
export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  /** Login under which its issues and comments stand: `rollcall[bot]`. */
  readonly login: string;
}

/** Clients for one GitHub, cached by installation. */
export interface GitHub {
  /** Acts for an installation. Its token is fetched when first needed, and again each hour. */
  installation(installationId: number): Promise<GitHubClient>;
  /** A token that can only read the contents of one repository, for git. Valid for up to an hour. */
  readToken(installationId: number, repositoryId: number): Promise<string>;
  app(): Promise<AppIdentity>;
}

/**
 * Spacing of writes. Octokit's default of one write a second would alone take longer than a check may; GitHub allows
 * 900 points a minute with 5 a write, so 150 writes a minute leave room for as many reads. Requests that notify people
 * keep the default of one in three seconds: GitHub's measured limit for issues is 20 a minute.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function writeLimits(): Bottleneck.Group {
  return new Bottleneck.Group({
    maxConcurrent: 4,
    reservoir: 150,
    reservoirRefreshAmount: 150,
    reservoirRefreshInterval: 60_000,
    timeout: 120_000,
  });
}

type Options = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

/**
 * Probot's Octokit, which here leaves waiting and trying again to the queue, for that survives the process. A function
 * and not an object of defaults: Probot hands its own `throttle` to the constructor, which would win over an object.
 */
export function pacedOctokit(): typeof ProbotOctokit {
  const write = writeLimits();
  return ProbotOctokit.defaults((options: Options) => {
    const given: unknown = options["throttle"];
    const theirs = typeof given === "object" ? given : {};
    return {
      ...options,
      retry: { retries: 0 },
      throttle: { ...theirs, write, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    };
  });
}

/** A fetch may last this long after its token was handed out. */
const TOKEN_SPARE_MS = 15 * 60_000;

const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });
const appSchema = z.object({ id: z.int(), slug: z.string().min(1) });

export function createGitHub(probot: Probot): GitHub {
  const tokens = new Map<number, { readonly token: string; readonly usableUntil: number }>();
  const clients = new Map<number, Promise<GitHubClient>>();
  let identity: Promise<AppIdentity> | null = null;

  async function readApp(): Promise<AppIdentity> {
    const octokit = await probot.auth();
    const answer = await ask("read the app", () => octokit.rest.apps.getAuthenticated());
    const { id, slug } = check("read the app", appSchema, answer.data);
    return { id, slug, login: `${slug}[bot]` };
  }

  return {
    installation(installationId) {
      const known = clients.get(installationId);
      if (known !== undefined) return known;
      const client = probot.auth(installationId);
      clients.set(installationId, client);
      client.catch(() => clients.delete(installationId));
      return client;
    },
    async readToken(installationId, repositoryId) {
      const cached = tokens.get(repositoryId);
      if (cached !== undefined && cached.usableUntil > Date.now()) return cached.token;
      const octokit = await probot.auth();
      // By REST and not by `octokit.auth`, which asks github.com whatever the base URL is.
      const answer = await ask("get a token for git", () =>
        octokit.rest.apps.createInstallationAccessToken({
          installation_id: installationId,
          repository_ids: [repositoryId],
          permissions: { contents: "read" },
        }),
      );
      const { token, expires_at: expiresAt } = check("get a token for git", tokenSchema, answer.data);
      tokens.set(repositoryId, { token, usableUntil: Date.parse(expiresAt) - TOKEN_SPARE_MS });
      return token;
    },
    async app() {
      identity ??= readApp();
      try {
        return await identity;
      } catch (error) {
        identity = null;
        throw error;
      }
    },
  };
}
