import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file", as: "real", installed: false });

/** A repository with an open pull request for each name, made while the app is not there. */
async function withOpenPulls(shop: Project, names: readonly string[]): Promise<Map<string, string>> {
  const clone = await shop.clone();
  await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  const heads = new Map<string, string>();
  for (const name of names) {
    await clone.git("switch", "--quiet", "--create", name, "main");
    const key = app.key(`${shop.repository.name}-${name}`);
    const files = name.startsWith("leak") ? { "pay.py": `stripe.api_key = "${key}"\n` } : { [name]: name };
    heads.set(name, await clone.commit(name, files));
    if (!name.endsWith("stranger")) {
      await clone.push(name);
      await app.github.openPullRequest(shop.repository, { head: name, by: "ann" });
      continue;
    }
    const from = await app.github.forkRepository(shop.repository, "stranger");
    await clone.git("push", "--quiet", app.github.cloneUrl(from, "stranger"), name);
    await app.github.openPullRequest(shop.repository, { head: name, from, by: "stranger" });
  }
  await app.github.idle();
  return heads;
}

test("on installation every open pull request gets a check, and only authors with write access cause issues", async () => {
  const shop = await app.project();
  const names = ["fine", "leak-stranger", "leak"];
  const heads = await withOpenPulls(shop, names);
  app.github.install({ on: "acme" });
  await app.settled();
  expect(names.map((name) => shop.checks(heads.get(name) ?? "").at(-1)?.conclusion)).toEqual([
    "success",
    "failure",
    "failure",
  ]);
  expect(shop.issues()).toHaveLength(1);
});

test("open pull requests of a repository added to the installation are checked", async () => {
  const shop = await app.project();
  const heads = await withOpenPulls(shop, ["fine"]);
  const [installation] = app.github.installations;
  if (installation === undefined) throw new Error("The app is not installed.");
  app.github.addRepositories(installation, [shop.repository]);
  await app.settled();
  expect(shop.checks(heads.get("fine") ?? "").at(-1)).toMatchObject({ conclusion: "success" });
});

test("what was pushed while the app was suspended is found when it works again", async () => {
  const shop = await app.project();
  const [installation] = app.github.installations;
  if (installation === undefined) throw new Error("The app is not installed.");
  app.github.addRepositories(installation, [shop.repository]);
  const clone = await shop.clone();
  await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  await app.settled();
  app.github.suspend(installation);
  await app.settled();
  const key = app.key("suspended");
  const leaked = await clone.commit("Leak", { "pay.py": `stripe.api_key = "${key}"\n` });
  const head = await clone.commit("Clean up", { "pay.py": "" });
  await clone.push("HEAD:main");
  await app.github.idle();
  app.github.unsuspend(installation);
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues().map(({ body }) => body?.includes(leaked.slice(0, 7)))).toEqual([true]);
});

test("an archived repository, which is read-only, does not hold up other repositories", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const head = await clone.commit("Begin", { "README.md": "# Shop\n" });
  const [installation] = app.github.installations;
  if (installation !== undefined) app.github.addRepositories(installation, [shop.repository]);
  const pushed = await app.unheard(() => clone.push("HEAD:main"));
  app.github.archiveRepository(shop.repository, "ann");
  for (const delivery of pushed) app.github.redeliver(delivery);
  await app.settled();
  expect(shop.checks(head)).toEqual([]);
  app.github.unarchiveRepository(shop.repository, "ann");
  await app.github.rerequestSuite(shop.repository, head, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
});
