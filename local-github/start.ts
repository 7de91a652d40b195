/**
 * Starts a local GitHub: creates its empty state and the app, and listens on localhost. `close` stops all of it.
 */
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { createBackground } from "./background.ts";
import { endpoints } from "./endpoints/index.ts";
import { dateOf } from "./git/commit.ts";
import type { GitConfiguration } from "./git/process.ts";
import { writeGitConfiguration } from "./git/process.ts";
import { answerGraphql } from "./graphql/answer.ts";
import { createSiteServer } from "./http/server.ts";
import { LocalGitHub } from "./local-github.ts";
import { loadDescription } from "./openapi/description.ts";
import type { Account } from "./site/account.ts";
import type { WebhookTarget } from "./site/delivery.ts";
import type { AppIdentity, Permissions } from "./site/installation.ts";
import type { Site } from "./site/site.ts";

// Loaded once: the compiled schemas serve every local GitHub of the process.
const DESCRIPTION = loadDescription();

/** What the app asks for by default. A real app lists it in `app.yml`. */
const PERMISSIONS: Permissions = {
  metadata: "read",
  contents: "read",
  checks: "write",
  issues: "write",
  pull_requests: "read",
  merge_queues: "read",
};

const EVENTS = [
  "push",
  "pull_request",
  "check_run",
  "check_suite",
  "issues",
  "merge_group",
  "repository",
] as const;

/** GitHub gives an app ten seconds to answer (https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks). */
const WEBHOOK_TIMEOUT_MS = 10_000;

export interface LocalGitHubOptions {
  /** An empty directory for the repositories. */
  readonly directory: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly app: {
    readonly id: number;
    readonly slug?: string;
    /** PEM of the public or the private key. */
    readonly key: string;
    readonly permissions?: Permissions;
    readonly events?: readonly string[];
  };
  readonly webhook?: WebhookTarget;
  /** Delays every REST request. */
  readonly latencyMs?: number;
  /** REST requests an hour. Default: 5,000. */
  readonly hourlyLimit?: number;
}

/** Starts a GitHub on localhost over real git repositories. Everything but git's data is kept in memory. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  await mkdir(join(options.directory, "repositories"), { recursive: true });
  const git = await writeGitConfiguration(options.directory);
  let started: Site | null = null;
  const server = createSiteServer(
    () => {
      if (started === null) throw new Error("A request came before the local GitHub was ready.");
      return started;
    },
    endpoints,
    answerGraphql,
  );
  const port = await listen(server, options.port ?? 0);
  const site = createSite(options, `http://localhost:${port}`, git);
  started = site;
  return new LocalGitHub(site, port, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await site.background.idle();
    for (const repository of site.repositories.values()) await repository.objects.close();
  });
}

async function listen(server: Server, port: number): Promise<number> {
  // Longer than clients keep idle connections, so the server never closes one that a client is about to use.
  server.keepAliveTimeout = 65_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function createSite(options: LocalGitHubOptions, origin: string, git: GitConfiguration): Site {
  let lastId = 1000;
  const nextId = (): number => (lastId += 1);
  const app = createApp(options.app, nextId);
  const site: Site = {
    directory: options.directory,
    origin,
    app,
    git,
    accounts: new Map([[app.bot.login.toLowerCase(), app.bot]]),
    repositories: new Map(),
    names: new Map(),
    installations: new Map(),
    tokens: new Map(),
    userTokens: new Map(),
    requests: [],
    watchers: new Set(),
    deliveries: [],
    description: DESCRIPTION,
    violations: [],
    faults: [],
    background: createBackground(),
    webhook: options.webhook ?? null,
    webhookTimeoutMs: WEBHOOK_TIMEOUT_MS,
    latencyMs: options.latencyMs ?? 0,
    rateLimit: { limit: options.hourlyLimit ?? 5000, used: 0, resetAt: Math.floor(Date.now() / 1000) + 3600 },
    timeShiftMs: 0,
    clockShiftMs: 0,
    now: () => dateOf(Date.now() + site.timeShiftMs),
    nextId,
  };
  return site;
}

function createApp(app: LocalGitHubOptions["app"], nextId: () => number): AppIdentity {
  const slug = app.slug ?? "rollcall";
  const login = `${slug}[bot]`;
  const owner: Account = {
    id: nextId(),
    login: "github-apps",
    type: "Organization",
    email: "apps@localhost",
  };
  const bot: Account = { id: nextId(), login, type: "Bot", email: `${login}@users.noreply.github.com` };
  return {
    id: app.id,
    slug,
    name: slug,
    publicKey: createPublicKey(app.key),
    owner,
    bot,
    permissions: app.permissions ?? PERMISSIONS,
    events: app.events ?? EVENTS,
  };
}
