import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";
import type { Clone } from "../../fixtures/clone.ts";

const app = await installApp({ lasts: "file" });
const pay = (seed: string, mode: "sk_live_" | "sk_test_" = "sk_test_") => ({
  "pay.py": `import stripe\nstripe.api_key = "${app.key(seed, mode)}"\n`,
});

/** So many commits that git has to read them; the last leaks. */
async function manyCommits(clone: Clone, seed: string): Promise<string> {
  for (const name of ["1", "2", "3", "4"]) await clone.commit(name, { [`${seed}-${name}`]: name });
  return await clone.commit("Pay", pay(seed));
}

test("a live key in a conflict resolution is red on a new branch at a merge that was never read", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "side");
  await clone.commit("Side", { "side.txt": "side\n" });
  await clone.git("switch", "--quiet", "main");
  await clone.commit("Main", { "main.txt": "main\n" });
  await clone.git("merge", "--quiet", "--no-ff", "--no-commit", "side");
  const head = await clone.commit("Merge side", pay("merge", "sk_live_"));
  await app.unheard(() => clone.push("HEAD:main"));
  await clone.push("HEAD:refs/heads/release");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
});

test("an app that is uninstalled and installed again reads by git with a token of the new installation", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const before = await manyCommits(clone, "installed");
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(before)).toMatchObject({ conclusion: "neutral" });
  for (const installation of app.github.installations) app.github.uninstall(installation);
  await app.github.idle();
  app.github.install({ on: "acme" });
  await app.settled();
  const head = await manyCommits(clone, "again");
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.title).not.toContain("incomplete");
});

test("a repository that is renamed before its job runs is read by REST and git under its new name", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await manyCommits(clone, "renamed");
  const [push] = await app.unheard(() => clone.push("HEAD:main"));
  app.github.renameRepository(shop.repository, "renamed", "ann");
  if (push === undefined) throw new Error("The push has no delivery.");
  app.github.redeliver(push);
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.title).not.toContain("incomplete");
});

test("a token that GitHub refuses once is renewed, and the check is there", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const path = new RegExp(`^/repos/acme/${shop.repository.name}/`);
  const fault = app.github.orderFault({ path, status: 401, body: { message: "Bad credentials" }, times: 5 });
  const head = await clone.commit("Pay", pay("refused"));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(fault.left.times).toBe(0);
});
