import { expect, test } from "vitest";
import type { PullRequest } from "local-github";
import type { Clone } from "../../fixtures/clone.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

/** A fork's pull request by someone without write access: a live key that the first commit adds and the second removes. */
async function gift(shop: Project, seed: string): Promise<{ clone: Clone; pull: PullRequest; head: string }> {
  await shop.begun();
  const fork = await app.github.forkRepository(shop.repository, "stranger");
  const clone = await shop.clone("stranger", fork);
  await clone.git("switch", "--quiet", "--create", "gift");
  await clone.commit("Try", { "pay.py": `import stripe\nstripe.api_key = "${app.key(seed)}"\n` });
  const head = await clone.commit("Clean up", { "pay.py": "import stripe\n" });
  await clone.push("HEAD:gift");
  const pull = await app.github.openPullRequest(shop.repository, {
    head: "gift",
    from: fork,
    by: "stranger",
  });
  return { clone, pull, head };
}

for (const method of ["merge", "squash"] as const) {
  test(`a stranger's leak gets a red check, and an issue only after the merge (${method})`, async () => {
    const shop = await app.project();
    const { pull, head } = await gift(shop, method);
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(shop.issues()).toEqual([]);
    const merged = await app.github.mergePullRequest(shop.repository, pull, "ann", method);
    await app.settled();
    expect(shop.issues()).toHaveLength(1);
    expect(shop.checks(merged).at(-1)).toMatchObject({ status: "completed" });
    // The key is in the first commit, which a squash does not bring to the branch, but it still gets an issue.
    expect(shop.issues()[0]?.body).toContain("pay.py");
  });
}

test("a stranger's leak that is closed without a merge never becomes an issue", async () => {
  const shop = await app.project();
  const { pull, head } = await gift(shop, "closed");
  await app.settled();
  await app.github.closePullRequest(shop.repository, pull, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toEqual([]);
});

test("the author of a branch in the repository is a stranger without write access", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  const head = await clone.commit("Try", { "pay.py": `stripe.api_key = "${app.key("stranger-branch")}"\n` });
  await app.unheard(() => clone.push("HEAD:try"));
  await app.github.openPullRequest(shop.repository, { head: "try", by: "stranger" });
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toEqual([]);
});

test("a merge group gets a check on its head, and an issue when it lands", async () => {
  const shop = await app.project();
  const { pull } = await gift(shop, "queue");
  await app.settled();
  const group = await app.github.createMergeGroup(shop.repository, [pull], "ann");
  expect(await shop.settledCheck(group.sha)).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(shop.issues()).toEqual([]);
  await app.github.destroyMergeGroup(shop.repository, group, "merged", "ann");
  expect(await shop.settledCheck(group.sha)).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
});

test("a clean merge group is green, and destroying one breaks nothing", async () => {
  const problems = app.log.problems().length;
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "fine");
  await clone.commit("Fine", { "fine.txt": "fine\n" });
  await clone.push("HEAD:fine");
  const pull = await app.github.openPullRequest(shop.repository, { head: "fine", by: "ann" });
  await app.settled();
  const group = await app.github.createMergeGroup(shop.repository, [pull], "ann");
  expect(await shop.settledCheck(group.sha)).toMatchObject({ conclusion: "success" });
  await app.github.destroyMergeGroup(shop.repository, group, "dequeued", "ann");
  expect(await shop.settledCheck(group.sha)).toMatchObject({ conclusion: "success" });
  expect(app.log.problems().slice(problems)).toEqual([]);
});

test("a merge group destroyed before its scan started is retired", async () => {
  const problems = app.log.problems().length;
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "fine");
  await clone.commit("Fine", { "fine.txt": "fine\n" });
  await clone.push("HEAD:fine");
  const pull = await app.github.openPullRequest(shop.repository, { head: "fine", by: "ann" });
  await app.settled();
  const missed = await app.unheard(async () => {
    const group = await app.github.createMergeGroup(shop.repository, [pull], "ann");
    await app.github.destroyMergeGroup(shop.repository, group, "dequeued", "ann");
  });
  for (const delivery of missed.toReversed()) app.github.redeliver(delivery);
  await app.settled();
  expect(app.log.problems().slice(problems)).toEqual([]);
});
