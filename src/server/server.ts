/**
 * The composition: puts the parts together, starts them in order of their dependencies, and stops them without losing
 * anything accepted: first requests and jobs, then the database.
 */
import { join } from "node:path";
import type { Logger } from "pino";
import { Probot } from "probot";
import { MAX_IDLE_MS, pacedOctokit } from "../github/index.ts";
import {
  acceptDeliveries,
  buryJob,
  contextOfJob,
  dropRemovedHistories,
  jobOfPayload,
  runJob,
  startRecurring,
  wordsOfPayload,
} from "../jobs/index.ts";
import type { Delivery, Job, JobContext } from "../jobs/index.ts";
import type { Measures } from "../measure/index.ts";
import { startWorkers, UnknownPayloadError } from "../queue/index.ts";
import type { ClaimedJob, RetryPolicies, Workers } from "../queue/index.ts";
import { createDetectionPool } from "../scan/index.ts";
import { createGitMirrors, createHistoryMirrors } from "../source/index.ts";
import type { GitMirrors, HistoryMirrors } from "../source/index.ts";
import { migrate, openDatabase } from "../store/index.ts";
import type { Database } from "../store/index.ts";
import { createContext } from "./context.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { Environment } from "./environment.ts";
import { openHttpDoor, ping } from "./http-door.ts";
import type { Handler } from "./http-door.ts";
import { createMonitor, measureDeliveries } from "./monitor/index.ts";
import type { Monitor } from "./monitor/index.ts";
import { receiveEvents } from "./receive-events.ts";
import { ANSWER_MS, WEBHOOK_PATH, webhookDoor } from "./webhook-door.ts";

/** Docker kills a container 10 seconds after it asked it to stop. */
const STOP_JOBS_MS = 6000;
const STOP_REQUESTS_MS = 3000;

/** A delivery is tried until a second before its answer is due. */
const STORE_MS = ANSWER_MS - 1000;

/** Disk space for fetched commits; the mirrors unused for longest are deleted first. */
const MAX_MIRROR_BYTES = 5e9;
const EVICT_MS = 10 * 60_000;

export interface RunningServer {
  readonly port: number;
  /** Of `/healthz`, `/readyz` and `/metrics`; null: not served. */
  readonly monitorPort: number | null;
  /** Ends within ten seconds; a second call waits for the same end. */
  stop(): Promise<void>;
}

/** What differs from the app on GitHub. */
export interface ServerOptions {
  readonly retries?: RetryPolicies;
  /** Milliseconds from one request that notifies people to the next. */
  readonly notificationMs?: number;
  /** Searches a history that was fetched. */
  readonly readHistory?: JobContext["readHistory"];
  readonly limits?: Partial<JobContext["limits"]>;
}

/** Puts the parts together and starts them: database, queue, workers, and last the server for webhooks. */
export async function startServer(
  environment: Environment,
  log: Logger,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const monitor = await createMonitor(environment, log);
  try {
    return await startWith(monitor, environment, log, options);
  } catch (error) {
    monitor.stopping();
    await monitor.stop();
    throw error;
  }
}

async function startWith(
  monitor: Monitor,
  environment: Environment,
  log: Logger,
  options: ServerOptions,
): Promise<RunningServer> {
  const { dataDirectory, databaseUrl, role } = environment;
  const { measures } = monitor;
  const database = await openDatabase({ directory: dataDirectory, url: databaseUrl, log, measures });
  try {
    await migrate(database);
    const mirrors = createMirrors(environment, measures, log);
    const histories = createHistories(environment, measures);
    const detection = createDetectionPool({ measures });
    const probot = await createProbot(environment, measures, log, options);
    const context = createContext({
      probot,
      environment,
      database,
      mirrors: mirrors.mirrors,
      histories,
      detection,
      measures,
      log,
      ...options,
    });
    const deliveries = deliveryStore(context, () => monitor.doubt());
    const stopping = new AbortController();
    const keeping = keepHistories(context, histories);
    const workers =
      role === "web"
        ? null
        : await startJobs({ context, database, options, stopping: stopping.signal }, databaseUrl === null);
    const http = await openHttpDoor({
      host: environment.host,
      port: environment.port,
      log,
      onRequest: measureDeliveries(WEBHOOK_PATH, measures),
      handlers: [...(role === "worker" ? [] : [webhooksOf(deliveries, environment, log)]), ping],
    });
    const planAgain = async (): Promise<void> => {
      if (role !== "web") await startRecurring(context.record, context.now(), { alone: false });
    };
    monitor.watch({ database, detection, planAgain });
    log.info({ dataDirectory, role }, "Rollcall is ready for webhooks");
    let stopped: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      monitor.stopping();
      mirrors.stop();
      keeping.stop();
      stopping.abort();
      await Promise.all([http.stop(STOP_REQUESTS_MS), workers?.stop(STOP_JOBS_MS)]);
      await detection.close();
      await database.close();
      await monitor.stop();
    };
    return { port: http.port, monitorPort: monitor.port, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function createMirrors(
  environment: Environment,
  measures: Measures,
  log: Logger,
): { readonly mirrors: GitMirrors; stop(): void } {
  const mirrors = createGitMirrors({
    directory: join(environment.dataDirectory, "mirrors"),
    environment: environment.forGit,
    protocols: [environment.githubUrl.startsWith("http:") ? "http" : "https"],
    measures,
  });
  const evict = (): void => {
    mirrors
      .evict(MAX_MIRROR_BYTES)
      .catch((error: unknown) => log.warn({ err: error }, "could not delete unused mirrors"));
  };
  const evicting = setInterval(evict, EVICT_MS);
  evicting.unref();
  evict();
  return { mirrors, stop: () => clearInterval(evicting) };
}

function createHistories(environment: Environment, measures: Measures): HistoryMirrors {
  return createHistoryMirrors({
    directory: join(environment.dataDirectory, "histories"),
    maxBytes: environment.historyDiskBytes,
    fetched: (bytes) => measures.bytesFetched("git", bytes),
    environment: environment.forGit,
    protocols: [environment.githubUrl.startsWith("http:") ? "http" : "https"],
  });
}

/** Deletes the histories of repositories that the app no longer covers, and those that are over the limit. */
function keepHistories(context: JobContext, histories: HistoryMirrors): { stop(): void } {
  const keep = (): void => {
    dropRemovedHistories(context.record, histories)
      .then(() => histories.evict())
      .catch((error: unknown) => context.log.warn({ err: error }, "could not delete fetched histories"));
  };
  const keeping = setInterval(keep, EVICT_MS);
  keeping.unref();
  keep();
  return { stop: () => clearInterval(keeping) };
}

async function createProbot(
  environment: Environment,
  measures: Measures,
  log: Logger,
  { notificationMs }: ServerOptions,
): Promise<Probot> {
  const probot = new Probot({
    appId: environment.appId,
    privateKey: environment.privateKey,
    secret: environment.webhookSecret,
    baseUrl: environment.apiUrl,
    Octokit: pacedOctokit(MAX_IDLE_MS, measures, notificationMs),
    log,
    ...(environment.redisUrl === null ? {} : { redisConfig: environment.redisUrl }),
  });
  return probot.ready();
}

function webhooksOf(deliveries: DeliveryStore<Delivery>, environment: Environment, log: Logger): Handler {
  const { webhookSecret, formerWebhookSecret } = environment;
  return webhookDoor({
    receiver: receiveEvents(deliveries, log),
    secrets: [webhookSecret, ...(formerWebhookSecret === null ? [] : [formerWebhookSecret])],
    log,
  });
}

/** @param failed called when deliveries could not be stored */
function deliveryStore(context: JobContext, failed: () => void): DeliveryStore<Delivery> {
  return createDeliveryStore<Delivery>({
    tryMs: STORE_MS,
    async store(deliveries) {
      try {
        await acceptDeliveries(context.record, deliveries, context.now());
      } catch (error) {
        failed();
        throw error;
      }
    },
  });
}

/** @param alone no other process works on this database */
async function startJobs(
  {
    context,
    database,
    options,
    stopping,
  }: {
    readonly context: JobContext;
    readonly database: Database;
    readonly options: ServerOptions;
    readonly stopping: AbortSignal;
  },
  alone: boolean,
): Promise<Workers> {
  const jobOf = ({ payload }: ClaimedJob): Job => {
    const job = jobOfPayload(payload);
    if (job === null) throw new UnknownPayloadError("This version does not know the payload.");
    return job;
  };
  await startRecurring(context.record, context.now(), { alone });
  return startWorkers(
    {
      database,
      log: context.log,
      ...options,
      measures: context.measures,
      about: wordsOfPayload,
      onFinalFailure: (claimed, { message }) =>
        buryJob(contextOfJob(context, claimed.payload), jobOf(claimed), message),
    },
    (claimed) =>
      runJob(contextOfJob(context, claimed.payload), jobOf(claimed), {
        failures: claimed.failures,
        signal: AbortSignal.any([claimed.signal, stopping]),
      }),
  );
}
