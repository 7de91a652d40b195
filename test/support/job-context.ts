import { createHash } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import type { Repository } from "../../src/domain/index.ts";
import type { Job, JobContext } from "../../src/jobs/index.ts";
import { KeyedLock } from "../../src/source/index.ts";
import { createConfigurationReader, DEFAULT_LIMITS } from "../../src/jobs/index.ts";
import { createLog } from "../../src/server/log.ts";
import type { GitSource } from "../../src/source/index.ts";
import { createStore } from "../../src/store/index.ts";
import type { Database, Store } from "../../src/store/index.ts";
import { testDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";
import { FakeGitHub } from "./fake-github.ts";

export const NOW = new Date("2026-11-21T12:00:00Z");

/** One database for a file of tests; each test has its own repository in it. */
export function useDatabase(): () => Database {
  let opened: TestDatabase | null = null;
  beforeAll(async () => {
    opened = await testDatabase();
  });
  afterAll(() => opened?.close());
  return () => {
    if (opened === null) throw new Error("The database is open within tests only.");
    return opened.database;
  };
}

let repositories = 0;

export function aRepository(fields: Partial<Repository> = {}): Repository {
  repositories += 1;
  return {
    id: repositories,
    installationId: 5,
    owner: "acme",
    name: "shop",
    private: true,
    defaultBranch: "main",
    ...fields,
  };
}

export interface FakeContext extends JobContext {
  readonly github: FakeGitHub;
  readonly added: { id: string; jobs: readonly Job[] }[];
}

async function noGit(): Promise<never> {
  throw new Error("These tests need no git.");
}

const NO_GIT: GitSource = {
  prepare: noGit,
  listCommits: noGit,
  readTag: noGit,
  readBlob: noGit,
  async *read() {
    yield await noGit();
  },
};

/** What jobs work with: a real store, a GitHub in memory, and no git. */
export function aContext(database: Database, parts: { readonly store?: Store } = {}): FakeContext {
  const github = new FakeGitHub();
  const added: { id: string; jobs: readonly Job[] }[] = [];
  return {
    github,
    added,
    store: parts.store ?? createStore(database),
    configuration: createConfigurationReader(github, () => NOW),
    lock: new KeyedLock(),
    githubUrl: "https://github.com",
    openGit: () => NO_GIT,
    marker: (repositoryId, fingerprint) =>
      createHash("sha256").update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40),
    add: async (id, jobs) => {
      added.push({ id, jobs });
    },
    limits: DEFAULT_LIMITS,
    log: createLog("silent"),
    now: () => NOW,
  };
}
