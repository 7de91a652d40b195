import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Files } from "../../fixtures/clone.ts";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });
const PATH = ".github/rollcall.yml";

function fingerprint(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 20);
}

function payment(key: string, comment = ""): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${key}"${comment}\n` };
}

test("a configuration with a mistake is reported with its line, and the defaults apply", async () => {
  const shop = await app.project();
  const clone = await shop.begun({ [PATH]: "mode: observe\ntest_keys: sometimes\n" });
  const head = await clone.commit("Pay", payment(app.key("broken")));
  await clone.push("HEAD:main");
  const run = await shop.completedCheck(head);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.title).toContain("a mistake in rollcall.yml");
  expect(run.summary).toMatch(/\| this repository's \| 2 \|/);
});

test("the configuration in a pull request or a fork turns nothing off", async () => {
  const shop = await app.project();
  await shop.begun();
  const fork = await app.github.forkRepository(shop.repository, "stranger");
  const clone = await shop.clone("stranger", fork);
  await clone.git("switch", "--quiet", "--create", "sly");
  const key = app.key("sly");
  const allow = `allow:\n  - fingerprint: ${fingerprint(key)}\n    reason: mine\n    until: 2027-01-01\n`;
  const head = await clone.commit("Pay", {
    ...payment(key),
    [PATH]: `mode: observe\ntest_keys: ignore\n${allow}`,
  });
  await clone.push("HEAD:sly", "HEAD:main");
  await app.github.openPullRequest(shop.repository, { head: "sly", from: fork, by: "stranger" });
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.title).not.toContain("rollcall.yml");
});

test("a pushed configuration applies from the next push on", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const conclusions: (string | null)[] = [];
  for (const seed of ["with the file", "after the file"]) {
    const head = await clone.commit(seed, {
      [PATH]: "test_keys: fail\n",
      ...payment(app.key(seed, "sk_test_")),
    });
    await clone.push("HEAD:main");
    conclusions.push((await shop.settledCheck(head)).conclusion);
  }
  expect(conclusions).toEqual(["neutral", "failure"]);
});

/** An organization of its own, whose `.github` repository has this file. */
async function organization(login: string, files: Files) {
  app.github.createOrganization(login);
  app.github.install({ on: login });
  const owners = await app.project({ owner: login, name: ".github" });
  await owners.begun(files);
  return { shop: await app.project({ owner: login }) };
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test("a live key that the owner allows is named in the check with its reason until its end date", async () => {
  const allowed = app.key("allowed");
  const expired = app.key("expired");
  const { shop } = await organization("allowing", {
    [PATH]: [
      "allow:",
      `  - fingerprint: ${fingerprint(allowed)}`,
      "    reason: the account is closed",
      `    until: ${inDays(180)}`,
      `  - fingerprint: ${fingerprint(expired)}`,
      "    reason: was closed once",
      "    until: 2020-01-01",
      "",
    ].join("\n"),
  });
  const clone = await shop.begun();
  const fine = await clone.commit("Allowed", payment(allowed));
  await clone.push("HEAD:main");
  const green = await shop.settledCheck(fine);
  expect(green).toMatchObject({ conclusion: "success", annotations: [] });
  expect(green.text).toContain("the account is closed");
  const ended = await clone.commit("Expired", { "other.py": `stripe.api_key = "${expired}"\n` });
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(ended)).toMatchObject({ conclusion: "failure" });
});

function allowRule(key: string): string {
  return `allow:\n  - fingerprint: ${fingerprint(key)}\n    reason: mine\n    until: ${inDays(300)}\n`;
}

describe("a live key is red and has an issue", () => {
  test.each([
    ["its own allow rule", allowRule],
    ["mode: observe", () => "mode: observe\n"],
    ["nothing, and the file allows it already", null],
  ])("in a repository whose push brings it with %s", async (name, fileWith) => {
    const shop = await app.project();
    const key = app.key(name);
    const clone = await shop.begun(fileWith === null ? { [PATH]: `mode: observe\n${allowRule(key)}` } : {});
    const file = fileWith === null ? {} : { [PATH]: fileWith(key) };
    const head = await clone.commit("Pay", { ...payment(key), ...file });
    await clone.push("HEAD:main");
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(shop.issues()).toHaveLength(1);
  });

  test("in the owner's repository, whose first push brings it with its rule", async () => {
    app.github.createOrganization("beginning");
    app.github.install({ on: "beginning" });
    const owners = await app.project({ owner: "beginning", name: ".github" });
    const clone = await owners.clone();
    const key = app.key("owner's first push");
    const head = await clone.commit("Begin", { ...payment(key), [PATH]: `mode: observe\n${allowRule(key)}` });
    await clone.push("HEAD:main");
    expect(await owners.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(owners.issues()).toHaveLength(1);
  });

  test("where the owner's file is a folder and the repository's says observe", async () => {
    const { shop } = await organization("folder", { [`${PATH}/readme`]: "x\n" });
    const clone = await shop.begun({ [PATH]: "mode: observe\n" });
    const head = await clone.commit("Pay", payment(app.key("folder")));
    await clone.push("HEAD:main");
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run.summary).toContain("a folder has its name");
    expect(shop.issues()).toHaveLength(1);
  });
});

test("rollcall:allow silences a test key on the default branch, but no live key and no other branch", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const test_ = await clone.commit("Test", payment(app.key("inline", "sk_test_"), "  # rollcall:allow"));
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(test_)).toMatchObject({ conclusion: "success" });
  await clone.git("switch", "--quiet", "--create", "branch");
  const branch = await clone.commit("Branch", {
    "b.py": `stripe.api_key = "${app.key("inline-branch", "sk_test_")}"  # rollcall:allow\n`,
  });
  await clone.push("HEAD:branch");
  expect(await shop.settledCheck(branch)).toMatchObject({ conclusion: "neutral" });
  await clone.git("switch", "--quiet", "main");
  const live = await clone.commit("Live", payment(app.key("inline-live"), "  # rollcall:allow"));
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(live)).toMatchObject({ conclusion: "failure" });
});

test("the owner's mode: observe gives a neutral check and opens no issue", async () => {
  const { shop } = await organization("observing", { [PATH]: "mode: observe\n" });
  const clone = await shop.begun();
  const head = await clone.commit("Pay", payment(app.key("observe")));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.title).toContain("observing only");
  expect(shop.issues()).toEqual([]);
});

test("the owner's configuration applies to all repositories, and a repository can only tighten it", async () => {
  const owners = await app.project({ name: ".github" });
  await owners.begun({ [PATH]: "test_keys: fail\n" });
  const shop = await app.project();
  const clone = await shop.begun({ [PATH]: "test_keys: ignore\n" });
  const head = await clone.commit("Test key", payment(app.key("owner", "sk_test_")));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.title).toContain("a mistake in rollcall.yml");
});
