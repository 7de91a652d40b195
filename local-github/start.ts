import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createBackground } from "./background.ts";
import { endpoints } from "./endpoints/index.ts";
import { dateOf } from "./git/commit.ts";
import { writeGitConfiguration } from "./git/process.ts";
import { createSiteServer } from "./http/server.ts";
import { LocalGitHub } from "./local-github.ts";
import { loadDescription } from "./openapi/description.ts";
import type { Account, AppIdentity, Permissions, Site, WebhookTarget } from "./site.ts";

// Read once, for what is compiled of it serves every local GitHub of the process.
const DESCRIPTION = loadDescription();

/** What the app asks for when nothing else is said; `app.yml` of a real app says it. */
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

export interface LocalGitHubOptions {
  /** An empty directory for the repositories. */
  readonly directory: string;
  /** 0, as unless told: any that is free. */
  readonly port?: number;
  readonly app: {
    readonly id: number;
    readonly slug?: string;
    /** PEM; of a private key the public half is taken. */
    readonly key: string;
    readonly permissions?: Permissions;
    readonly events?: readonly string[];
  };
  readonly webhook?: WebhookTarget;
  /** Added to each REST request. */
  readonly latencyMs?: number;
  /** REST requests an hour: 5,000 unless told. */
  readonly hourlyLimit?: number;
}

/** Starts a GitHub on localhost over real git repositories. State other than git's lives in memory. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  await mkdir(join(options.directory, "repositories"), { recursive: true });
  const git = await writeGitConfiguration(options.directory);
  let site: Site | null = null;
  const server = createSiteServer(() => {
    if (site === null) throw new Error("A request came before the local GitHub was ready.");
    return site;
  }, endpoints);
  // Longer than clients keep a connection, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  let lastId = 1000;
  const nextId = (): number => (lastId += 1);
  const slug = options.app.slug ?? "rollcall";
  const owner: Account = {
    id: nextId(),
    login: "github-apps",
    type: "Organization",
    email: "apps@localhost",
  };
  const botLogin = `${slug}[bot]`;
  const bot: Account = {
    id: nextId(),
    login: botLogin,
    type: "Bot",
    email: `${botLogin}@users.noreply.github.com`,
  };
  const app: AppIdentity = {
    id: options.app.id,
    slug,
    name: slug,
    publicKey: createPublicKey(options.app.key),
    owner,
    bot,
    permissions: options.app.permissions ?? PERMISSIONS,
    events: options.app.events ?? EVENTS,
  };
  site = {
    directory: options.directory,
    origin: `http://localhost:${port}`,
    app,
    git,
    accounts: new Map([[botLogin.toLowerCase(), bot]]),
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
    latencyMs: options.latencyMs ?? 0,
    rateLimit: { limit: options.hourlyLimit ?? 5000, used: 0, resetAt: Math.floor(Date.now() / 1000) + 3600 },
    now: () => dateOf(Date.now()),
    nextId,
  };
  const started = site;
  return new LocalGitHub(started, port, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await started.background.idle();
    for (const repository of started.repositories.values()) await repository.objects.close();
  });
}
