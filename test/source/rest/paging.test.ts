import { describe, expect, test } from "vitest";
import { createRestSource } from "../../../src/source/index.ts";
import type { CommitContent } from "../../../src/source/index.ts";
import { api, client, SHOP, useWire } from "../../support/wire.ts";
import { COMMIT_PATH, commitAnswer, fileAnswer, SHA } from "../../support/rest-answers.ts";

useWire();

const signal = new AbortController().signal;

async function read(): Promise<CommitContent | undefined> {
  const source = createRestSource(await client(), SHOP, { blobBytes: 1000 });
  for await (const content of source.read([SHA], signal)) return content;
  return undefined;
}

/** Files of one page, each with a patch of its own. */
function filesOf(page: number, count: number) {
  return Array.from({ length: count }, (_, index) =>
    fileAnswer({ filename: `p${page}/f${index}.ts`, patch: "@@ -0,0 +1 @@\n+a" }),
  );
}

/** Answers pages of so many files; page 2 is requested without a size, so it begins where page 1 ended. */
function pages(...counts: readonly number[]): void {
  for (const [index, count] of counts.entries()) {
    const page = index + 1;
    const next = `<https://api.github.com/repositories/1/commits/${SHA}?page=${page + 1}>; rel="next"`;
    api()
      .get(COMMIT_PATH)
      .query(page === 1 ? {} : { page: String(page) })
      .reply(200, commitAnswer(filesOf(page, count)), page < counts.length ? { link: next } : {});
  }
}

test.each([
  [[0], 0],
  [[299], 299],
  [[300], 300],
  [[300, 1], 301],
  [[300, 300, 12], 612],
])("files on pages of %j are all read", async (counts, total) => {
  pages(...counts);
  const content = await read();
  expect(content?.gaps).toEqual([]);
  expect(content?.files).toHaveLength(total);
  expect(new Set(content?.files.map((file) => file.path)).size).toBe(total);
});

test("a commit of 3,000 listed files is a gap: GitHub lists no more, and there may be more", async () => {
  pages(...Array.from({ length: 10 }, () => 300));
  const content = await read();
  expect(content?.files).toHaveLength(3000);
  expect(content?.gaps).toMatchObject([{ reason: "too_many_files" }]);
});

test("a later page that fails makes the whole commit a gap", async () => {
  const next = `<https://api.github.com/x?page=2>; rel="next"`;
  api()
    .get(COMMIT_PATH)
    .reply(200, commitAnswer(filesOf(1, 300)), { link: next });
  api().get(COMMIT_PATH).query({ page: "2" }).reply(502);
  expect(await read()).toMatchObject({ files: [], gaps: [{ reason: "api_failed" }] });
});

describe("compare", () => {
  const PATH = "/repos/acme/shop/compare/base...head?per_page=100";
  const compare = async () =>
    createRestSource(await client(), SHOP, { blobBytes: 1000 }).compare("base", "head", 3);
  const commits = (count: number) => Array.from({ length: count }, (_, index) => ({ sha: `c${index}` }));

  test.each<[number, string[]]>([
    [0, []],
    [1, ["c0"]],
    [3, ["c0", "c1", "c2"]],
  ])("%i commits are listed", async (count, expected) => {
    api()
      .get(PATH)
      .reply(200, { total_commits: count, commits: commits(count) });
    expect(await compare()).toEqual(expected);
  });

  test.each([
    ["more than were asked for", { total_commits: 4, commits: commits(4) }],
    ["fewer than there are", { total_commits: 3, commits: commits(2) }],
    ["not a comparison", { status: "ahead" }],
    ["no JSON", "<html>"],
  ])("%s cannot be relied on", async (_name, body) => {
    api().get(PATH).reply(200, body);
    expect(await compare()).toBeNull();
  });

  test.each([404, 422, 500])("an answer of %i leaves it to git", async (status) => {
    api().get(PATH).reply(status, { message: "no" });
    expect(await compare()).toBeNull();
  });

  test("a limit makes the job wait", async () => {
    api().get(PATH).reply(403, {}, { "retry-after": "60" });
    await expect(compare()).rejects.toMatchObject({ code: "rate_limited" });
  });
});

describe("a path in a commit", () => {
  const readAt = async (path: string) =>
    createRestSource(await client(), SHOP, { blobBytes: 1000 }).readAt(SHA, path, signal);

  test("is sent as one escaped segment, whatever its name", async () => {
    const path = "a b/#?%2e/../ü.ts";
    api()
      .get((uri) => uri === `/repos/acme/shop/contents/${encodeURIComponent(path)}?ref=${SHA}`)
      .reply(200, "text");
    expect(Buffer.from((await readAt(path)) ?? []).toString()).toBe("text");
  });

  test.each([403, 404, 500])("with an answer of %i counts as missing", async (status) => {
    api().get(`/repos/acme/shop/contents/a.ts?ref=${SHA}`).reply(status, {});
    expect(await readAt("a.ts")).toBeNull();
  });
});
