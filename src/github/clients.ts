/**
 * The clients for GitHub: one for the app and one for each installation, cached. They decide for every request: its
 * spacing, its time limit, and a new token if GitHub refuses the old one. The queue, which survives the process, does the
 * waiting and retrying.
 */
import { RequestError } from "@octokit/request-error";
import { ProbotOctokit } from "probot";
import type { Probot } from "probot";
import { z } from "zod";
import type { InstallationId } from "../domain/index.ts";
import { NO_MEASURES } from "../measure/index.ts";
import type { Measures } from "../measure/index.ts";
import { createBoundedFetch, MAX_IDLE_MS } from "./bounded-fetch.ts";
import type { GitHubClient, InstallationClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import { defaultPacing, NO_RETRIES, NOTIFICATION_MS, writePacing } from "./pacing.ts";
import { createReadTokens } from "./read-tokens.ts";

/** The identity of the app on GitHub. */
export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  /** Login that writes its issues and comments: `rollcall[bot]`. */
  readonly login: string;
}

/** Clients for one GitHub, cached by installation. */
export interface GitHub {
  /** Acts for one installation. Its token is made when first needed, and again each hour or once it is refused. */
  installation(installationId: InstallationId): Promise<InstallationClient>;
  /** Acts as the app itself, for the few requests that need no installation, such as the list of deliveries. */
  asApp(): Promise<GitHubClient>;
  app(): Promise<AppIdentity>;
}

type Options = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

/**
 * Probot's Octokit, which here leaves waiting and trying again to the queue. A function and not an object of defaults:
 * Probot hands its own `throttle` to the constructor, which would win over an object.
 *
 * @param idleMs milliseconds without a byte after which a request fails
 * @param notificationMs milliseconds from one request that notifies people to the next
 */
export function pacedOctokit(
  idleMs: number = MAX_IDLE_MS,
  measures: Measures = NO_MEASURES,
  notificationMs: number = NOTIFICATION_MS,
): typeof ProbotOctokit {
  const write = writePacing();
  const others = defaultPacing(notificationMs);
  const fetch = createBoundedFetch(idleMs, measures);
  return ProbotOctokit.defaults((options: Options) => {
    const given: unknown = options["throttle"];
    const theirs = typeof given === "object" && given !== null ? given : {};
    // With REDIS_URL the processes share those of Probot.
    const shared = "connection" in theirs && theirs.connection !== undefined;
    return {
      ...options,
      request: { ...options.request, fetch },
      // Also without retries the plugin would make a Bottleneck for each request.
      retry: { enabled: false },
      throttle: {
        ...theirs,
        ...(shared ? {} : others),
        write,
        retryLimiter: NO_RETRIES,
        onRateLimit: () => false,
        onSecondaryRateLimit: () => false,
      },
    };
  });
}

const appSchema = z.object({ id: z.int(), slug: z.string().min(1) });

export function createGitHub(probot: Probot): GitHub {
  const clients = new Map<number, Promise<InstallationClient>>();
  const tokens = createReadTokens(() => probot.auth());
  let identity: Promise<AppIdentity> | null = null;

  async function readApp(): Promise<AppIdentity> {
    const octokit = await probot.auth();
    const answer = await ask("read the app", () => octokit.rest.apps.getAuthenticated());
    const { id, slug } = check("read the app", appSchema, answer.data);
    return { id, slug, login: `${slug}[bot]` };
  }

  async function makeClient(installationId: number): Promise<InstallationClient> {
    const octokit = await probot.auth(installationId);
    renewRefusedToken(octokit);
    const { rest, paginate, request, graphql } = octokit;
    return {
      rest,
      paginate,
      request,
      graphql,
      installationId,
      readToken: (repositoryId, refused) => tokens.get(installationId, repositoryId, refused),
    };
  }

  return {
    installation(installationId) {
      const known = clients.get(installationId);
      if (known !== undefined) return known;
      const client = makeClient(installationId);
      clients.set(installationId, client);
      client.catch(() => clients.delete(installationId));
      return client;
    },
    asApp: () => probot.auth(),
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

/**
 * Drops an installation's token once GitHub answers 401 to it, and makes the request once more with a new one. That is
 * safe for every request: GitHub did nothing without access.
 */
function renewRefusedToken(octokit: ProbotOctokit): void {
  let renewed = 0;
  octokit.hook.wrap("request", async (request, options) => {
    const renewedBefore = renewed;
    try {
      return await request(options);
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 401) throw error;
      // Another request may have renewed the token while this one was under way.
      if (renewed === renewedBefore) {
        await octokit.auth({ type: "installation", refresh: true });
        renewed += 1;
      }
      return await request(options);
    }
  });
}
