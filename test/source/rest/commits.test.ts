import { describe, expect, test } from "vitest";
import { createRestSource } from "../../../src/source/index.ts";
import type { CommitContent, RestSource } from "../../../src/source/index.ts";
import { api, client, SHOP, useWire } from "../../support/wire.ts";
import {
  BLOB,
  BLOB_PATH,
  blobId,
  blobPath,
  COMMIT_PATH,
  commitAnswer,
  fileAnswer,
  PARENT,
  SHA,
} from "../../support/rest-answers.ts";

useWire();

const signal = new AbortController().signal;

async function aSource(blobBytes = 1000): Promise<RestSource> {
  return createRestSource(await client(), SHOP, { blobBytes });
}

async function readOne(source: RestSource): Promise<CommitContent> {
  const all: CommitContent[] = [];
  for await (const content of source.read([SHA], signal)) all.push(content);
  const [one, ...others] = all;
  if (one === undefined || others.length > 0) throw new Error(`${all.length} contents of one commit`);
  return one;
}

/** Reads the one file of a commit that GitHub answers. */
async function readFile(file: Parameters<typeof fileAnswer>[0], blobBytes?: number) {
  api()
    .get(COMMIT_PATH)
    .reply(200, commitAnswer([fileAnswer(file)]));
  const { files, gaps } = await readOne(await aSource(blobBytes));
  expect(gaps).toEqual([]);
  return files[0];
}

test("a commit: parents, message, people, and the lines that its patch adds", async () => {
  const patch = "@@ -4,2 +4,2 @@ context\n before\n-old\n+new";
  api()
    .get(COMMIT_PATH)
    .reply(200, commitAnswer([fileAnswer({ patch })]));
  const content = await readOne(await aSource());
  expect(content).toMatchObject({ sha: SHA, parents: [PARENT], message: "Take payments", gaps: [] });
  expect(content.people).toBe("Ann <ann@example.org>\nGitHub <noreply@github.com>");
  expect(content.files).toMatchObject([
    {
      path: "src/pay.ts",
      blob: BLOB,
      content: { kind: "hunks", hunks: [{ newStart: 4, added: [{ first: 5, last: 5 }] }] },
    },
  ]);
});

test("a commit whose author has no account and no name is read", async () => {
  const commit = { message: "", author: null, committer: { email: "x@example.org" } };
  api().get(COMMIT_PATH).reply(200, commitAnswer([], { commit }));
  expect((await readOne(await aSource())).people).toBe(" <>\n <x@example.org>");
});

describe("files without a patch", () => {
  const raw = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };

  test.each([
    ["removed", { status: "removed", additions: 0 }],
    ["empty", { status: "added", additions: 0, sha: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" }],
    ["a submodule without its id", { sha: null, additions: 0 }],
  ])("that are %s hold nothing and are not requested", async (_name, file) => {
    expect(await readFile(file)).toMatchObject({ content: { kind: "none" } });
  });

  test("that were only renamed, or are hidden from diffs, are read: GitHub shows both the same way", async () => {
    const sha = blobId("text\n");
    api().get(blobPath(sha)).reply(200, "text\n", raw);
    const file = await readFile({ sha, status: "renamed", additions: 0 });
    expect(file).toMatchObject({ content: { kind: "whole", inexact: true } });
  });

  test.each([
    ["a binary one", Buffer.from([0, 1, 2]), 0],
    ["a large one", Buffer.from("text\n"), 12],
  ])("%s is read as a whole", async (_name, bytes, additions) => {
    const sha = blobId(bytes);
    api().get(blobPath(sha)).reply(200, bytes, { "content-type": "application/octet-stream" });
    const file = await readFile({ sha, additions });
    expect(file?.content.kind === "whole" ? Buffer.from(file.content.bytes) : null).toEqual(bytes);
  });

  test("a file over the limit is a gap and is not read in part", async () => {
    api().get(BLOB_PATH).reply(200, Buffer.alloc(1001, 97), raw);
    const file = await readFile({ additions: 3 }, 1000);
    expect(file).toMatchObject({
      content: { kind: "gap", gap: { reason: "too_large", path: "src/pay.ts" } },
    });
  });

  test.each([403, 404, 422, 500, 502])("a file that GitHub answers %i to is a gap", async (status) => {
    api().get(BLOB_PATH).reply(status, { message: "no" });
    expect(await readFile({})).toMatchObject({ content: { kind: "gap", gap: { reason: "api_failed" } } });
  });

  test("a file whose connection was cut is a gap", async () => {
    api().get(BLOB_PATH).replyWithError("socket hang up");
    expect(await readFile({})).toMatchObject({ content: { kind: "gap" } });
  });

  test("a file whose body breaks off is a gap", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("terminated"));
      },
    });
    const octokit = await client();
    const request = octokit.rest.git.getBlob;
    const cut = Object.assign(
      async (...args: Parameters<typeof request>) => ({ ...(await request(...args)), data: body }),
      request,
    );
    api().get(BLOB_PATH).reply(200, "", raw);
    const source = createRestSource(
      { ...octokit, rest: { ...octokit.rest, git: { ...octokit.rest.git, getBlob: cut } } },
      SHOP,
      { blobBytes: 10 },
    );
    const read = await source.readBlob(BLOB, { commit: SHA, path: "a" }, signal);
    expect(read).toMatchObject({ kind: "gap", gap: { reason: "api_failed" } });
  });

  test.each([
    ["a page of HTML", "<html>Unicorn!</html>"],
    ["a part of it", "te"],
    ["nothing", ""],
  ])("a file is a gap when GitHub sends %s: its id is the hash of its content", async (_name, body) => {
    const sha = blobId("text\n");
    api().get(blobPath(sha)).reply(200, body, raw);
    expect(await readFile({ sha })).toMatchObject({
      content: { kind: "gap", gap: { reason: "api_failed", blob: sha } },
    });
  });

  test("a file without an id is read from its patch, and is a gap without one", async () => {
    const patch = "@@ -0,0 +1 @@\n+one";
    expect(await readFile({ sha: null, patch })).toMatchObject({ content: { kind: "hunks" } });
    expect(await readFile({ sha: null })).toMatchObject({ content: { kind: "gap" } });
  });

  test("a patch that lacks lines is not believed: the file is read", async () => {
    const sha = blobId("one\ntwo\n");
    api().get(blobPath(sha)).reply(200, "one\ntwo\n", raw);
    const file = await readFile({ sha, patch: "@@ -0,0 +1 @@\n+one", additions: 2 });
    expect(file).toMatchObject({ content: { kind: "whole" } });
  });

  test("a malformed patch is not believed: the file is read", async () => {
    const sha = blobId("one\n");
    api().get(blobPath(sha)).reply(200, "one\n", raw);
    expect(await readFile({ sha, patch: "what is this" })).toMatchObject({ content: { kind: "whole" } });
  });
});

describe("a commit that GitHub does not show", () => {
  test.each([
    [403, { message: "Resource not accessible by integration" }],
    [404, { message: "Not Found" }],
    [409, { message: "Git Repository is empty." }],
    [422, { message: "No commit found" }],
    [500, "<html>"],
    [503, { message: "Unavailable" }],
  ])("with %i is a gap, asked once", async (status, body) => {
    api().get(COMMIT_PATH).reply(status, body);
    expect(await readOne(await aSource())).toMatchObject({
      sha: SHA,
      files: [],
      gaps: [{ reason: "api_failed", commit: SHA }],
    });
  });

  test.each([
    ["no JSON", "<html>"],
    ["not a commit", { sha: 7 }],
  ])("but with an answer that is %s is a gap", async (_name, body) => {
    api().get(COMMIT_PATH).reply(200, body);
    expect(await readOne(await aSource())).toMatchObject({ gaps: [{ reason: "api_failed" }] });
  });

  test("with a cut connection is a gap", async () => {
    api().get(COMMIT_PATH).replyWithError("socket hang up");
    expect(await readOne(await aSource())).toMatchObject({ gaps: [{ reason: "api_failed" }] });
  });

  test.each([
    [403, { "retry-after": "60" }, { message: "wait" }],
    [403, {}, { message: "You have exceeded a secondary rate limit" }],
    [429, {}, { message: "wait" }],
  ])("for a limit (%i %j) makes the job wait", async (status, headers, body) => {
    api()
      .get(COMMIT_PATH)
      .reply(status, body, { ...headers });
    await expect(readOne(await aSource())).rejects.toMatchObject({ code: "rate_limited", retryable: true });
  });
});

test("a merge is a gap: REST shows it against its first parent only", async () => {
  const parents = [{ sha: PARENT }, { sha: "a1".repeat(20) }];
  api().get(COMMIT_PATH).reply(200, commitAnswer([], { parents }));
  expect(await readOne(await aSource())).toMatchObject({ gaps: [{ reason: "no_patch", commit: SHA }] });
});
