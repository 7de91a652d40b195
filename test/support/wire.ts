import nock from "nock";
import { Probot } from "probot";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { z } from "zod";
import { ask, check, pacedOctokit } from "../../src/github/index.ts";
import type { GitHubClient } from "../../src/github/index.ts";
import { createLog } from "../../src/server/log.ts";

/** No request of the file's tests leaves the machine; one without a mock, or a mock without a request, fails its test. */
export function useWire(): void {
  const unexpected: string[] = [];
  const note = (request: { method?: string; path?: string }): void => {
    unexpected.push(`${request.method ?? "?"} ${request.path ?? "?"}`);
  };
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
  });
  // Other files run in the same process.
  afterAll(() => nock.restore());
  beforeEach(() => {
    unexpected.length = 0;
    nock.disableNetConnect();
    nock.emitter.on("no match", note);
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.emitter.off("no match", note);
    nock.cleanAll();
    nock.enableNetConnect();
    expect({ unexpected, pending }).toEqual({ unexpected: [], pending: [] });
  });
}

/** The requests of the next test. */
export function api(): nock.Scope {
  return nock("https://api.github.com");
}

let installations = 0;

/**
 * The client as the app makes it, behind Probot, with a token in place of an app's key. Each is of an installation of its
 * own, for what notifies people is spaced by 3 seconds within one.
 */
export async function client(): Promise<GitHubClient> {
  installations += 1;
  const probot = new Probot({
    appId: 1,
    githubToken: "a token",
    secret: "a secret of the tests",
    Octokit: pacedOctokit(),
    log: createLog("silent"),
  });
  return probot.auth(installations);
}

export const SHOP = { owner: "acme", name: "shop" };

/** Any request: what is tested is how it is made. */
export async function readShop(octokit: GitHubClient, { owner, name } = SHOP): Promise<string> {
  const answer = await ask("read the shop", () => octokit.rest.repos.get({ owner, repo: name }));
  return check("read the shop", z.object({ default_branch: z.string() }), answer.data).default_branch;
}
