import { describe, expect, test } from "vitest";
import { readTextFile } from "../../src/github/index.ts";
import { api, client, SHOP, useWire } from "../support/wire.ts";

useWire();

const PATH = "/repos/acme/shop/contents/.github%2Frollcall.yml";
const REQUEST = { path: ".github/rollcall.yml", ref: null, maxBytes: 20 };

function fileAnswer(text: string | Buffer): object {
  const bytes = Buffer.from(text);
  return { type: "file", size: bytes.length, encoding: "base64", content: bytes.toString("base64") };
}

test("a file is read at a commit, by its id", async () => {
  const ref = "a".repeat(40);
  api().get(PATH).query({ ref }).reply(200, fileAnswer("mode: observe\n"), { etag: '"1"' });
  expect(await readTextFile(await client(), SHOP, { ...REQUEST, ref })).toEqual({
    kind: "text",
    text: "mode: observe\n",
    etag: '"1"',
  });
});

test("a file that did not change costs nothing and is not sent again", async () => {
  api().get(PATH).matchHeader("if-none-match", '"1"').reply(304);
  expect(await readTextFile(await client(), SHOP, { ...REQUEST, etag: '"1"' })).toEqual({
    kind: "unchanged",
  });
});

test.each([
  ["no such file", { message: "Not Found" }],
  ["an empty repository", { message: "This repository is empty." }],
])("%s: the file is absent", async (_name, body) => {
  api().get(PATH).reply(404, body);
  expect(await readTextFile(await client(), SHOP, REQUEST)).toEqual({ kind: "absent" });
});

describe("a file that may exist and cannot be read never counts as absent", () => {
  const large = "x".repeat(21);
  test.each<[string, number, object, string]>([
    ["a folder", 200, [{ name: "a.yml", type: "file" }], "directory"],
    ["a folder, as an object", 200, { type: "dir", entries: [] }, "directory"],
    ["a link that leads nowhere", 200, { type: "symlink", size: 4, target: "/etc" }, "symlink"],
    ["a submodule", 200, { type: "submodule", size: 0 }, "submodule"],
    ["a file over the limit", 200, fileAnswer(large), "too_large"],
    ["a file over 1 MB", 200, { type: "file", size: 2e6, encoding: "none", content: "" }, "too_large"],
    ["bytes that are not text", 200, fileAnswer(Buffer.from([0xff, 0xfe, 0x00])), "not_text"],
    ["403", 403, { message: "Resource not accessible by integration" }, "forbidden"],
    ["410", 410, { message: "Gone" }, "gone"],
    ["422", 422, { message: "Unprocessable" }, "rejected"],
    ["a commit that is gone", 404, { message: "No commit found for the ref abc" }, "no_such_ref"],
  ])("%s", async (_name, status, body, reason) => {
    api().get(PATH).reply(status, body);
    expect(await readTextFile(await client(), SHOP, REQUEST)).toEqual({ kind: "unreadable", reason });
  });
});

describe("an answer that says nothing about the file is an error", () => {
  test.each<[string, number, object | string, string]>([
    ["a part of the file", 200, { ...fileAnswer("mode: observe\n"), content: "bW9k" }, "nonsense"],
    ["no content", 200, { type: "file", size: 14, encoding: "none", content: "" }, "nonsense"],
    ["HTML", 200, "<html>", "nonsense"],
    ["401", 401, { message: "Bad credentials" }, "unauthorized"],
    ["502", 502, {}, "unavailable"],
  ])("%s", async (_name, status, body, code) => {
    api().get(PATH).reply(status, body);
    await expect(readTextFile(await client(), SHOP, REQUEST)).rejects.toMatchObject({ code });
  });
});
