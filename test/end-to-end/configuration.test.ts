import { createHash } from "node:crypto";
import { expect, test } from "vitest";
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

test("a pushed configuration applies from that push on", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const first = await clone.commit("Test key", payment(app.key("pushed", "sk_test_")));
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(first)).toMatchObject({ conclusion: "neutral" });
  const second = await clone.commit("Stricter", {
    [PATH]: "test_keys: fail\n",
    ...payment(app.key("next", "sk_test_")),
  });
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(second)).toMatchObject({ conclusion: "failure" });
});

test("an allowed live key is named in the check with its reason until its end date", async () => {
  const shop = await app.project();
  const allowed = app.key("allowed");
  const expired = app.key("expired");
  const inHalfAYear = new Date(Date.now() + 180 * 86_400_000).toISOString().slice(0, 10);
  const clone = await shop.begun({
    [PATH]: [
      "allow:",
      `  - fingerprint: ${fingerprint(allowed)}`,
      "    reason: the account is closed",
      `    until: ${inHalfAYear}`,
      `  - fingerprint: ${fingerprint(expired)}`,
      "    reason: was closed once",
      "    until: 2020-01-01",
      "",
    ].join("\n"),
  });
  const fine = await clone.commit("Allowed", payment(allowed));
  await clone.push("HEAD:main");
  const green = await shop.settledCheck(fine);
  expect(green).toMatchObject({ conclusion: "success", annotations: [] });
  expect(green.text).toContain("the account is closed");
  const ended = await clone.commit("Expired", { "other.py": `stripe.api_key = "${expired}"\n` });
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(ended)).toMatchObject({ conclusion: "failure" });
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

test("mode: observe gives a neutral check and opens no issue", async () => {
  const shop = await app.project();
  const clone = await shop.begun({ [PATH]: "mode: observe\n" });
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
