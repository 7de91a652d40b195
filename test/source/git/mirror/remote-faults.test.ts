import { dirname } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { AccessToken } from "../../../../src/github/index.ts";
import { createGitMirrors } from "../../../../src/source/git/index.ts";
import type { GitLimits, GitSource } from "../../../../src/source/git/index.ts";
import { git, gitText } from "../../../support/git-history.ts";
import { httpRemote } from "../../../support/http-remote.ts";
import type { HttpFault, HttpRemote, HttpRemoteOptions } from "../../../support/http-remote.ts";
import { at, linear, NEVER, remoteRepository } from "../../../support/remote-repository.ts";
import type { RemoteRepository } from "../../../support/remote-repository.ts";

const TREES = [{ a: "1\n" }, { a: "2\n", b: "b\n" }];

interface Served {
  readonly repository: RemoteRepository;
  readonly http: HttpRemote;
  /** The repository as git reaches it, with an empty mirror. */
  readonly open: (parts?: RemoteParts) => GitSource;
}

interface RemoteParts {
  readonly url?: string;
  readonly token?: (refused: AccessToken | null) => Promise<AccessToken | null>;
  readonly currentUrl?: () => Promise<string | null>;
}

async function served(options: HttpRemoteOptions, limits: Partial<GitLimits> = {}): Promise<Served> {
  const repository = remoteRepository(linear(TREES));
  const http = await httpRemote(dirname(repository.remote), options);
  onTestFinished(async () => {
    await http.close();
    repository.remove();
  });
  const { directory } = repository;
  const mirrors = createGitMirrors({ directory, environment: process.env, protocols: ["http"], limits });
  const open = (parts: RemoteParts = {}): GitSource =>
    mirrors.open({ id: 7, url: http.url, token: async () => null, ...parts });
  return { repository, http, open };
}

const rangeOf = (repository: RemoteRepository) => ({
  include: [at(repository, -1)],
  exclude: [],
  commitCount: 2,
});

const FAULTS: readonly (readonly [string, HttpFault])[] = [
  ["a reset", "reset"],
  ["429", { status: 429, text: "Too Many Requests" }],
  ["500", { status: 500, text: "Internal Server Error" }],
  ["502", { status: 502, text: "Bad Gateway" }],
  ["503", { status: 503, text: "Service Unavailable" }],
  ["a secondary limit", { status: 403, text: "You have exceeded a secondary rate limit." }],
];

describe.each([
  ["the first request", 0],
  ["a later request", 2],
])("a remote that fails at %s", (_name, place) => {
  it.each(FAULTS)("with %s: worth a retry soon, which then reads everything", async (_fault, fault) => {
    const { repository, open } = await served({ fault: (index) => (index === place ? fault : null) });
    const source = open();
    await expect(source.prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({
      code: "network",
      retry: "soon",
      retryable: true,
    });
    const prepared = await source.prepare(rangeOf(repository), NEVER);
    expect(prepared.commits).toHaveLength(2);
    expect(prepared.gaps).toEqual([]);
  });
});

describe("a remote that answers with HTML", () => {
  it.each([0, 1, 2])("to request %i and all later ones: worth a retry soon", async (from) => {
    const html = { status: 200, text: "<html>Unicorn!</html>" };
    const { repository, open } = await served({ fault: (index) => (index >= from ? html : null) });
    await expect(open().prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({ retry: "soon" });
  });
});

describe("a remote that sends nothing for longer than the time limit without a byte", () => {
  it.each<[string, HttpRemoteOptions]>([
    ["from the start", { hangs: true }],
    ["in the middle of an answer", { stallsAfter: 100 }],
  ])("%s, is given up, and worth a retry soon", async (_name, options) => {
    let connected: HttpRemote | null = null;
    // On a busy machine git may not have connected within the first limit.
    for (let idleTime = 400; connected === null; idleTime *= 2) {
      const { repository, http, open } = await served(options, { idleTime });
      await expect(open().prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({
        code: "stalled",
        retry: "soon",
      });
      if (http.requests.length > 0) connected = http;
    }
    await connected.brokenOff;
  });

  it("is given up when its refs are listed", async () => {
    const { open } = await served({ hangs: true }, { idleTime: 400 });
    await expect(open().listRefs(NEVER)).rejects.toMatchObject({ code: "stalled", retry: "soon" });
  });
});

describe("a token that the remote refuses", () => {
  const basic = (token: string): string =>
    `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;

  it.each<[string, (source: GitSource, repository: RemoteRepository) => Promise<unknown>]>([
    ["a fetch", async (source, repository) => await source.prepare(rangeOf(repository), NEVER)],
    ["a list of refs", async (source) => await source.listRefs(NEVER)],
  ])("is dropped, and %s is made again with a new one", async (_name, call) => {
    const { repository, open } = await served({ authorization: basic("new") });
    const asked: (string | null)[] = [];
    const source = open({
      token: async (refused) => {
        asked.push(refused?.reveal() ?? null);
        return new AccessToken(asked.length === 1 ? "old" : "new");
      },
    });
    await call(source, repository);
    expect(asked.slice(0, 2)).toEqual([null, "old"]);
  });

  it("is asked for once more only: a second refusal is an error", async () => {
    const { repository, open } = await served({ authorization: basic("none") });
    const asked: (string | null)[] = [];
    const source = open({
      token: async (refused) => new AccessToken(`token ${asked.push(refused?.reveal() ?? null)}`),
    });
    await expect(source.prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({
      code: "access_denied",
      retry: "hours",
    });
    expect(asked).toEqual([null, "token 1"]);
  });
});

describe("a repository that was renamed", () => {
  it("is fetched from the URL that it has now, and the token goes nowhere else", async () => {
    const now = await served({});
    const former = await served({ redirectTo: new URL(now.http.url).origin });
    const source = former.open({
      token: async () => new AccessToken("token"),
      currentUrl: async () => now.http.url,
    });
    const prepared = await source.prepare(rangeOf(now.repository), NEVER);
    expect(prepared.commits).toHaveLength(2);
    expect(now.http.authorizations.every((header) => header !== undefined)).toBe(true);
  });

  it("and has no other URL is an error worth a retry in hours", async () => {
    const { repository, open } = await served({ redirectTo: "http://127.0.0.1:1" });
    const source = open({ currentUrl: async () => null });
    await expect(source.prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({
      code: "moved",
      retry: "hours",
    });
  });

  it("is not followed to a URL of another protocol", async () => {
    const { repository, open } = await served({ redirectTo: "http://127.0.0.1:1" });
    const source = open({ currentUrl: async () => "file:///etc" });
    await expect(source.prepare(rangeOf(repository), NEVER)).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});

describe("the tips of all refs", () => {
  it("come by one listing, annotated tags with what they mark", async () => {
    const { repository, http, open } = await served({});
    git(repository.remote, ["tag", "-a", "-m", "words", "v1", at(repository, 0)]);
    git(repository.remote, ["update-ref", "refs/pull/3/head", at(repository, 1)]);
    const tag = gitText(repository.remote, ["rev-parse", "refs/tags/v1"]).trim();
    expect(await open().listRefs(NEVER)).toEqual([
      { ref: "refs/heads/c0", sha: at(repository, 0), peeled: null },
      { ref: "refs/heads/c1", sha: at(repository, 1), peeled: null },
      { ref: "refs/pull/3/head", sha: at(repository, 1), peeled: null },
      { ref: "refs/tags/v1", sha: tag, peeled: at(repository, 0) },
    ]);
    expect(http.requests.map((request) => request.split(" ")[0])).toEqual(["GET", "POST"]);
  });

  it("are none in an empty repository", async () => {
    const { repository, open } = await served({});
    for (const ref of ["refs/heads/c0", "refs/heads/c1"]) git(repository.remote, ["update-ref", "-d", ref]);
    expect(await open().listRefs(NEVER)).toEqual([]);
  });
});
