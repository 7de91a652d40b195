import { createHmac, hkdfSync } from "node:crypto";
import type { Logger } from "pino";
import type { Probot } from "probot";
import type { CurrentRepository } from "../domain/index.ts";
import { createGitHub, readRepository } from "../github/index.ts";
import { createConfigurationReader, DEFAULT_LIMITS, PushWatch } from "../jobs/index.ts";
import type { JobContext } from "../jobs/index.ts";
import type { Measures } from "../measure/index.ts";
import { createWebhook } from "../notify/index.ts";
import { readHistoryApart } from "../scan/index.ts";
import type { DetectionPool } from "../scan/index.ts";
import { KeyedLock } from "../source/index.ts";
import type { GitMirrors, HistoryMirrors } from "../source/index.ts";
import { createRecord } from "../store/index.ts";
import type { Database, JobQueue } from "../store/index.ts";
import { enqueue } from "../queue/index.ts";
import { createStripe } from "../stripe/index.ts";
import type { Environment } from "./environment.ts";
import { logUnopened } from "./log-unopened.ts";

export interface ContextParts {
  readonly probot: Probot;
  readonly environment: Environment;
  readonly database: Database;
  readonly mirrors: GitMirrors;
  readonly histories: HistoryMirrors;
  readonly detection: DetectionPool;
  readonly measures: Measures;
  readonly log: Logger;
  /** Instead of a process apart. */
  readonly readHistory?: JobContext["readHistory"];
  readonly limits?: Partial<JobContext["limits"]>;
}

/** A push never waits for a history: 19 is the most that a process can give way. */
const HISTORY_NICENESS = 15;

/** Builds everything that jobs work with. */
export function createContext(parts: ContextParts): JobContext {
  const { probot, environment, database, mirrors, histories, detection, measures, log } = parts;
  const github = createGitHub(probot);
  const now = (): Date => new Date();
  const remoteOf = (repository: CurrentRepository): Parameters<GitMirrors["open"]>[0] => ({
    id: repository.id,
    url: `${environment.githubUrl}/${repository.owner}/${repository.name}.git`,
    token: async (refused) =>
      (await github.installation(repository.installationId)).readToken(repository.id, refused),
    isRedacted: /[^\w.-]/.test(repository.name),
    currentUrl: async () => {
      const octokit = await github.installation(repository.installationId);
      const { owner, name } = await readRepository(octokit, repository.id);
      return `${environment.githubUrl}/${owner}/${name}.git`;
    },
  });
  const [markerKey, ...formerKeys] = markerKeysOf(environment);
  return {
    github,
    record: createRecord(database, queueOf(log)),
    configuration: createConfigurationReader(github, now, environment.defaultMode),
    lock: new KeyedLock(),
    scanContent: logUnopened(detection.scanContent, log),
    findKey: detection.findKey,
    stripe: createStripe({
      ...(environment.stripeUrl === null ? {} : { url: environment.stripeUrl }),
      proxy: environment.forGit,
    }),
    githubUrl: environment.githubUrl,
    openGit: (repository) => mirrors.open(remoteOf(repository)),
    openHistory: (repository) => histories.open(remoteOf(repository)),
    pushes: new PushWatch(),
    readHistory:
      parts.readHistory ??
      ((request) =>
        readHistoryApart({ ...request, environment: environment.forGit, niceness: HISTORY_NICENESS })),
    webhook: environment.notify === null ? null : createWebhook(environment.notify),
    marker: (repositoryId, fingerprint) => markerWith(markerKey, repositoryId, fingerprint),
    formerMarkers: (repositoryId, fingerprint) =>
      formerKeys.map((key) => markerWith(key, repositoryId, fingerprint)),
    limits: { ...DEFAULT_LIMITS, historyIssueMs: environment.historyIssueMs, ...parts.limits },
    measures,
    log,
    now,
  };
}

function markerWith(key: Buffer, repositoryId: number, fingerprint: string): string {
  return createHmac("sha256", key).update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40);
}

/** The key of new markers, then those of older ones. Without `MARKER_KEY` it comes from the app's private key. */
function markerKeysOf({ privateKey, markerKey, formerMarkerKeys }: Environment): [Buffer, ...Buffer[]] {
  const derive = (secret: string): Buffer =>
    Buffer.from(hkdfSync("sha256", secret, "", "rollcall issue marker", 32));
  const former = formerMarkerKeys.map(derive);
  return markerKey === null
    ? [derive(privateKey), ...former]
    : [derive(markerKey), ...former, derive(privateKey)];
}

/** The queue as the record needs it. Recurring jobs, and those for later, are not logged. */
function queueOf(log: Logger): JobQueue {
  return {
    async enqueue(queries, jobs) {
      const stored = new Set(await enqueue(queries, jobs));
      for (const { id, lane, runAfter } of jobs)
        if (lane !== "sweep" && runAfter === undefined && stored.has(id)) log.debug({ id }, "job stored");
    },
  };
}
