import { createHmac, hkdfSync } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "pino";
import { Server } from "probot";
import type { Probot } from "probot";
import { registerEvents } from "./register-events.ts";
import { BoundedProbot } from "./bounded-probot.ts";
import type { Environment } from "./environment.ts";
import { createGitHub, pacedOctokit, readRepositoryName } from "../github/index.ts";
import {
  buryJob,
  createConfigurationReader,
  createQueue,
  DEFAULT_LIMITS,
  DEFAULT_RETRY,
  runJob,
} from "../jobs/index.ts";
import { KeyedLock } from "../source/index.ts";
import type { JobContext, Queue, RetryPolicy } from "../jobs/index.ts";
import { createGitMirrors } from "../source/index.ts";
import type { GitMirrors } from "../source/index.ts";
import { createStore, migrate, openDatabase } from "../store/index.ts";

/** Jobs at once: the work is waiting for GitHub more than computing. */
const WORKERS = 4;
const WORKERS_PER_INSTALLATION = 3;

/** How long a stop waits for running jobs; what is left begins again at the next start. */
const STOP_MS = 20_000;

/** Disk that fetched commits may take; what was longest unused goes first. */
const MIRROR_BYTES = 5e9;
const EVICT_MS = 10 * 60_000;

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Puts the parts together and starts them: database, queue, workers, and last the door for webhooks. */
export async function startServer(
  environment: Environment,
  log: Logger,
  options: { readonly retry?: RetryPolicy } = {},
): Promise<RunningServer> {
  const database = await openDatabase(environment.dataDirectory);
  await migrate(database);
  const mirrors = createGitMirrors({
    directory: join(environment.dataDirectory, "mirrors"),
    environment: environment.forGit,
    protocols: [environment.githubUrl.startsWith("http:") ? "http" : "https"],
  });
  const evict = (): void => {
    mirrors.evict(MIRROR_BYTES).catch((error: unknown) => log.warn({ err: error }, "mirrors not evicted"));
  };
  const evicting = setInterval(evict, EVICT_MS);
  evicting.unref();
  evict();
  const server = new Server({
    host: environment.host,
    port: environment.port,
    // One line a request at `info` says nothing that GitHub's list of deliveries does not.
    log: log.child({}, { level: environment.logLevel === "info" ? "warn" : environment.logLevel }),
    ...(environment.webhookProxyUrl === null ? {} : { webhookProxy: environment.webhookProxyUrl }),
    Probot: BoundedProbot.defaults({
      appId: environment.appId,
      privateKey: environment.privateKey,
      secret: environment.webhookSecret,
      baseUrl: environment.apiUrl,
      Octokit: pacedOctokit(),
      log,
      ...(environment.redisUrl === null ? {} : { redisConfig: environment.redisUrl }),
    }),
  });
  const stopped = await new Promise<{ stopQueue: () => Promise<void> }>((resolve, reject) => {
    server
      .load(async (probot) => {
        const queue: Queue = await createQueue({
          db: database.forQueue,
          log,
          retry: options.retry ?? DEFAULT_RETRY,
          workers: WORKERS,
          workersPerInstallation: WORKERS_PER_INSTALLATION,
          handle: (job) => runJob(context, job),
          bury: (job, problem) => buryJob(context, job, problem),
        });
        const context = createContext(probot, environment, createStore(database), queue, mirrors, log);
        registerEvents(probot, queue);
        await queue.start();
        resolve({ stopQueue: () => queue.stop(STOP_MS) });
      })
      .catch(reject);
  });
  await server.start();
  log.info({ dataDirectory: environment.dataDirectory }, "Rollcall is ready for webhooks");
  return {
    port: server.port,
    async stop() {
      clearInterval(evicting);
      await server.stop();
      await stopped.stopQueue();
      await database.close();
    },
  };
}

function createContext(
  probot: Probot,
  environment: Environment,
  store: JobContext["store"],
  queue: Queue,
  mirrors: GitMirrors,
  log: Logger,
): JobContext {
  const github = createGitHub(probot);
  const now = (): Date => new Date();
  const markerKey = Buffer.from(hkdfSync("sha256", environment.privateKey, "", "rollcall issue marker", 32));
  return {
    github,
    store,
    configuration: createConfigurationReader(github, now),
    lock: new KeyedLock(),
    githubUrl: environment.githubUrl,
    openGit: (repository) =>
      mirrors.open({
        id: repository.id,
        url: `${environment.githubUrl}/${repository.owner}/${repository.name}.git`,
        token: async (refused) =>
          (await github.installation(repository.installationId)).readToken(repository.id, refused),
        currentUrl: async () => {
          const octokit = await github.installation(repository.installationId);
          const { owner, name } = await readRepositoryName(octokit, repository.id);
          return `${environment.githubUrl}/${owner}/${name}.git`;
        },
      }),
    marker: (repositoryId, fingerprint) =>
      createHmac("sha256", markerKey).update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40),
    add: (id, jobs) => queue.add(id, jobs, { background: true }),
    limits: DEFAULT_LIMITS,
    log,
    now,
  };
}
