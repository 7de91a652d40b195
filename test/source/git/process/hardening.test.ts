import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AccessToken } from "../../../../src/github/index.ts";
import { createGitMirrors, GitError } from "../../../../src/source/git/index.ts";
import type { GitLimits, GitSource } from "../../../../src/source/git/index.ts";
import type { HttpRemote, HttpRemoteOptions } from "../../../support/http-remote.ts";
import { httpRemote } from "../../../support/http-remote.ts";
import { linear, NEVER, readAll, remoteRepository } from "../../../support/remote-repository.ts";
import type { RemoteRepository } from "../../../support/remote-repository.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const TOKEN = ["ghs", "test".repeat(9)].join("_");
const AUTHORIZATION = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;

async function served(
  options: HttpRemoteOptions = {},
  limits: Partial<GitLimits> = {},
  big: Uint8Array | null = null,
): Promise<{ repository: RemoteRepository; http: HttpRemote; source: GitSource; tip: string }> {
  const trees: Parameters<typeof linear>[0][number][] = [{ a: "1\n" }, { a: "2\n", b: "b\n" }];
  if (big !== null) trees.push({ a: "2\n", b: "b\n", big: { mode: "100644", bytes: big } });
  const repository = remoteRepository(linear(trees));
  const http = await httpRemote(dirname(repository.remote), options);
  closers.push(
    async () => await http.close(),
    () => repository.remove(),
  );
  const mirrors = createGitMirrors({
    directory: repository.directory,
    environment: process.env,
    protocols: ["http"],
    limits,
  });
  const source = mirrors.open({ id: 7, url: http.url, token: async () => new AccessToken(TOKEN) });
  return { repository, http, source, tip: repository.commits.at(-1) ?? "" };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => null,
    (error: unknown) => error,
  );
}

/** The bytes of every file below a folder. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

describe("over HTTP", () => {
  it("sends the token with every request, and never in an argument or a file", async () => {
    const { repository, http, source, tip } = await served({ authorization: AUTHORIZATION });
    const prepared = await source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER);
    expect(prepared.commits).toHaveLength(2);
    expect(prepared.fetches.map(({ what }) => what)).toEqual(["commits", "blobs"]);
    expect(new Set(http.authorizations)).toEqual(new Set([AUTHORIZATION]));
    const secrets = [TOKEN, AUTHORIZATION.slice("Basic ".length)];
    for (const text of [everything(repository.directory), ...http.seenArguments])
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(http.seenArguments.join("\n")).toContain("fetch");
    expect(everything(repository.directory)).not.toContain("127.0.0.1");
  });

  it("makes no request while it reads, even for missing objects", async () => {
    const { repository, http, source, tip } = await served();
    await source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER);
    const before = http.requests.length;
    const nowhere = "12345678".repeat(5);
    await readAll(source, [...repository.commits, nowhere]);
    await source.readBlob(nowhere, { commit: tip, path: "a" }, NEVER);
    expect(http.requests).toHaveLength(before);
  });

  it("reports denied access without the token in the error", async () => {
    const { source, tip } = await served({ authorization: "Basic other" });
    const error = await errorOf(source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER));
    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({ code: "access_denied", retryable: true });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN);
  });

  it("follows no redirect, so the token goes to no other host", async () => {
    const other = await served();
    const { source, tip } = await served({
      redirectTo: new URL(other.http.url).origin.replace("127.0.0.1", "localhost"),
    });
    const error = await errorOf(source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER));
    expect(error).toMatchObject({ code: "moved", retryable: true });
    expect(other.http.requests).toEqual([]);
  });

  it("kills git and its helpers at the time limit", async () => {
    let connected: HttpRemote | null = null;
    // On a busy machine git may not have connected within the first limit.
    for (let fetchTime = 300; connected === null; fetchTime *= 2) {
      const { http, source, tip } = await served({ hangs: true }, { fetchTime });
      const error = await errorOf(source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER));
      expect(error).toMatchObject({ code: "timeout", retryable: false });
      if (http.requests.length > 0) connected = http;
    }
    await connected.brokenOff;
  });

  it("kills git and its helpers when the caller aborts", async () => {
    const { http, source, tip } = await served({ hangs: true });
    const controller = new AbortController();
    const preparing = errorOf(
      source.prepare({ include: [tip], exclude: [], commitCount: 2 }, controller.signal),
    );
    await expect.poll(() => http.requests.length).toBeGreaterThan(0);
    controller.abort();
    expect(await preparing).toMatchObject({ code: "aborted", retryable: false });
    await http.brokenOff;
  });

  it("names no ref in an error", async () => {
    const { source } = await served();
    const nowhere = "12345678".repeat(5);
    const ref = "refs/heads/name-of-a-stranger";
    const request = { include: [nowhere], exclude: [], refs: [ref], commitCount: 1 };
    const prepared = await source.prepare(request, NEVER);
    expect(prepared.gaps).toMatchObject([{ reason: "unavailable", commit: nowhere }]);
    expect(JSON.stringify(prepared)).not.toContain("name-of-a-stranger");
  });

  it("reports a failed network", async () => {
    const { http, source, tip } = await served();
    await http.close();
    const error = await errorOf(source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER));
    expect(error).toMatchObject({ code: "network", retryable: true });
  });
});

describe("a fetch that brings more bytes than the limit", () => {
  const noise = randomBytes(3_000_000);

  it("is stopped: the blobs are gaps, and the commits are kept", async () => {
    const { repository, source, tip } = await served(
      { stallsAfter: 1_000_000 },
      { fetchBytes: 500_000 },
      noise,
    );
    const prepared = await source.prepare({ include: [tip], exclude: [], commitCount: 3 }, NEVER);
    expect(prepared.gaps).toMatchObject([{ reason: "too_many_bytes" }]);
    expect(prepared.commits).toHaveLength(3);
    const [content] = await readAll(source, [tip]);
    expect(content?.files.map((file) => file.content.kind)).toEqual(["gap"]);
    expect(
      readdirSync(join(repository.directory, "7.git", "objects", "pack")).filter((name) =>
        name.startsWith("tmp"),
      ),
    ).toEqual([]);
  });
});

describe("what git must not do", () => {
  it("runs no hook and no command of any configuration", async () => {
    const { repository, source, tip } = await served();
    const home = join(dirname(repository.remote), "home");
    const marker = join(home, "ran");
    const script = join(home, "script");
    await mkdir(home, { recursive: true });
    await writeFile(script, `#!/bin/sh\ntouch ${marker}\n`);
    await chmod(script, 0o755);
    await writeFile(
      join(home, ".gitconfig"),
      `[core]\n\tfsmonitor = ${script}\n\thooksPath = ${home}\n[credential]\n\thelper = ${script}\n`,
    );
    const hooks = join(repository.directory, "7.git", "hooks");
    await mkdir(hooks, { recursive: true });
    for (const hook of ["reference-transaction", "post-checkout", "pre-auto-gc"]) {
      await writeFile(join(hooks, hook), `#!/bin/sh\ntouch ${marker}\n`);
      await chmod(join(hooks, hook), 0o755);
    }
    const mirrors = createGitMirrors({
      directory: repository.directory,
      environment: {
        ...process.env,
        HOME: home,
        GIT_CONFIG_GLOBAL: join(home, ".gitconfig"),
        GIT_ASKPASS: script,
      },
      protocols: ["http", "file"],
    });
    const again = mirrors.open({ id: 7, url: `file://${repository.remote}`, token: async () => null });
    await again.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER);
    await source.prepare({ include: [tip], exclude: [], commitCount: 2 }, NEVER);
    await readAll(source, repository.commits);
    expect(readdirSync(home).toSorted()).toEqual([".gitconfig", "script"]);
  });

  it.each([
    ["ext::sh -c true", 7],
    ["file:///tmp/x", 7],
    ["ssh://git@example.com/o/r.git", 7],
    ["https://user:word@example.com/o/r.git", 7],
    ["--upload-pack=x", 7],
    ["https://example.com/o/r.git", -1],
    ["https://example.com/o/r.git", 1.5],
  ])("refuses %s as repository %d", (url, id) => {
    const mirrors = createGitMirrors({ directory: "/nowhere", environment: {} });
    expect(() => mirrors.open({ id, url, token: async () => null })).toThrow(GitError);
  });

  it.each([
    [{ include: ["main"] }],
    [{ include: ["--all"] }],
    [{ exclude: ["^".repeat(40)] }],
    [{ refs: ["refs/heads/a b"] }],
    [{ refs: ["--upload-pack=x"] }],
    [{ refs: ["refs/heads/a:refs/heads/b"] }],
    [{ refs: ["refs/heads/a\nrefs/heads/b"] }],
    [{ refs: ["refs/../x"] }],
  ])("refuses %j", async (wrong) => {
    const { source, tip } = await served();
    const request = { include: [tip], exclude: [], commitCount: 1, ...wrong };
    expect(await errorOf(source.prepare(request, NEVER))).toMatchObject({
      code: "invalid_request",
      retryable: false,
    });
  });
});
