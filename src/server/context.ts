import { createHmac, hkdfSync } from "node:crypto";
import type { Logger } from "pino";
import type { Probot } from "probot";
import { createGitHub } from "../github/index.ts";
import { createConfigurationReader, DEFAULT_LIMITS } from "../jobs/index.ts";
import type { JobContext } from "../jobs/index.ts";
import { KeyedLock } from "../source/index.ts";
import type { GitMirrors } from "../source/index.ts";
import { createStore } from "../store/index.ts";
import type { Database } from "../store/index.ts";
import { enqueue } from "../queue/index.ts";
import type { Environment } from "./environment.ts";
import { newJobsOf } from "./new-jobs.ts";

export interface ContextParts {
  readonly probot: Probot;
  readonly environment: Environment;
  readonly database: Database;
  readonly mirrors: GitMirrors;
  readonly log: Logger;
}

/** What jobs work with. */
export function createContext({ probot, environment, database, mirrors, log }: ContextParts): JobContext {
  const github = createGitHub(probot);
  const now = (): Date => new Date();
  const markerKey = Buffer.from(hkdfSync("sha256", environment.privateKey, "", "rollcall issue marker", 32));
  return {
    github,
    store: createStore(database),
    configuration: createConfigurationReader(github, now),
    lock: new KeyedLock(),
    githubUrl: environment.githubUrl,
    openGit: (repository) =>
      mirrors.open({
        id: repository.id,
        url: `${environment.githubUrl}/${repository.owner}/${repository.name}.git`,
        token: () => github.readToken(repository.installationId, repository.id),
      }),
    marker: (repositoryId, fingerprint) =>
      createHmac("sha256", markerKey).update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40),
    async add(id, jobs) {
      const stored = await enqueue(database, newJobsOf(id, jobs));
      for (const one of stored) log.debug({ id: one }, "job stored");
    },
    limits: DEFAULT_LIMITS,
    log,
    now,
  };
}
