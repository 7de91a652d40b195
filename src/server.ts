import { createHmac, hkdfSync } from "node:crypto";
import type { Logger } from "pino";
import { Probot, Server } from "probot";
import { registerEvents } from "./app.ts";
import type { Environment } from "./environment.ts";
import { createGitHub, pacedOctokit } from "./github/index.ts";
import {
  buryJob,
  createConfigurationReader,
  createKeyedLock,
  createQueue,
  DEFAULT_LIMITS,
  DEFAULT_RETRY,
  runJob,
} from "./jobs/index.ts";
import type { JobContext, Queue, RetryPolicy } from "./jobs/index.ts";
import { createStore, migrate, openDatabase } from "./store/index.ts";

/** Jobs at once: the work is waiting for GitHub more than computing. */
const WORKERS = 4;
const WORKERS_PER_INSTALLATION = 3;

/** How long a stop waits for running jobs; what is left begins again at the next start. */
const STOP_MS = 20_000;

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
  const server = new Server({
    host: environment.host,
    port: environment.port,
    log,
    ...(environment.webhookProxyUrl === null ? {} : { webhookProxy: environment.webhookProxyUrl }),
    Probot: Probot.defaults({
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
        const context = createContext(probot, environment, createStore(database), queue, log);
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
  log: Logger,
): JobContext {
  const github = createGitHub(probot);
  const now = (): Date => new Date();
  const markerKey = Buffer.from(hkdfSync("sha256", environment.privateKey, "", "rollcall issue marker", 32));
  return {
    github,
    store,
    configuration: createConfigurationReader(github, now),
    lock: createKeyedLock(),
    githubUrl: environment.githubUrl,
    openGit: () => ({
      async *read(commits) {
        for (const sha of commits) {
          yield {
            sha,
            parents: [],
            message: "",
            people: "",
            files: [],
            gaps: [{ reason: "git_failed", commit: sha, path: null, detail: "" }],
          };
        }
      },
      readBlob: async (_blob, at) => ({ kind: "gap", gap: { reason: "git_failed", detail: "", ...at } }),
      list: async () => ({
        commits: [],
        gaps: [{ reason: "git_failed", commit: null, path: null, detail: "" }],
      }),
      listDropped: async () => ({ commits: [], gaps: [] }),
      readAt: async () => null,
    }),
    marker: (repositoryId, fingerprint) =>
      createHmac("sha256", markerKey).update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40),
    add: (id, jobs) => queue.add(id, jobs),
    limits: DEFAULT_LIMITS,
    log,
    now,
  };
}
