import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { tar, zip } from "../../fixtures/archives.ts";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

test("a key in an archive fails the check, and its issue names the file inside", async () => {
  const shop = await app.project({ private: true });
  const clone = await shop.begun();
  const key = app.key("packed");
  const apk = zip([{ name: "assets/config.json", bytes: Buffer.from(`{\n"stripe": "${key}"\n}`) }]);
  const head = await clone.commit("Release", { "dist/shop.apk": apk });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.annotations).toMatchObject([{ path: "dist/shop.apk", start_line: 1, end_line: 1 }]);
  expect(run.annotations[0]?.message).toContain("dist/shop.apk!assets/config.json, line 2");
  expect(run.summary).toContain("packed in a mobile app");
  expect(shop.issues()).toHaveLength(1);
  expect(shop.issues()[0]?.body).toContain("dist/shop.apk!assets/config.json:2");
});

test("a key that an earlier commit packed is located in the archive of the head", async () => {
  const shop = await app.project({ private: true });
  const clone = await shop.begun();
  const line = `KEY=${app.key("moved")}\n`;
  await clone.commit("One", {
    "a.tgz": gzipSync(await tar([{ name: "pay.env", bytes: Buffer.from(line) }])),
  });
  const later = gzipSync(await tar([{ name: "pay.env", bytes: Buffer.from(`\n\n${line}`) }]));
  const head = await clone.commit("Two", { "a.tgz": later });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.annotations[0]?.message).toContain("a.tgz!pay.env, line 3");
});

test("an archive that unpacks to far more than its size fails the check as not read", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Bomb", { "zeros.gz": gzipSync(Buffer.alloc(80_000_000)) });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(`${run.title}\n${run.summary}`).toContain("zeros.gz");
});

test.each([
  [true, ["old.zip", "new.zip"]],
  [false, ["new.zip"]],
])("archives that cannot be opened are listed, and fail nothing (private: %s)", async (isPrivate, listed) => {
  const shop = await app.project({ private: isPrivate });
  const clone = await shop.begun();
  const locked = (name: string): Uint8Array =>
    zip([{ name, bytes: Buffer.from("text") }], { encrypted: true });
  await clone.commit("Old", { "old.zip": locked("a") });
  const head = await clone.commit("New", { "new.zip": locked("b") });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "success" });
  expect(run.summary).toContain("it is encrypted");
  // On a public repository only what the pushed commit itself shows.
  expect(["old.zip", "new.zip"].filter((name) => run.summary?.includes(name))).toEqual(listed);
});
