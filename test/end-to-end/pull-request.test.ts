import { expect, test } from "vitest";
import type { Clone } from "../../fixtures/clone.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

function payment(seed: string): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${app.key(seed, "sk_test_")}"\n` };
}

const CLEAN = { "pay.py": "import stripe\n" };

/** A branch `try` whose first commit adds a test key and whose second takes it out. */
async function tried(shop: Project, seed: string): Promise<{ clone: Clone; leak: string; head: string }> {
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  const leak = await clone.commit("Try", payment(seed));
  const head = await clone.commit("Clean up", CLEAN);
  await clone.push("HEAD:try");
  await app.settled();
  return { clone, leak, head };
}

test("a key that one commit adds and the next removes is found, although the net diff is empty", async () => {
  const shop = await app.project();
  const { leak, head } = await tried(shop, "net");
  await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral", annotations: [] });
  expect(run.summary).toContain(leak.slice(0, 7));
});

test("a key in the seventh of 300 commits is found, although no page or comparison lists that commit", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "long");
  const commits = Array.from({ length: 300 }, (_, index) => ({
    message: `Step ${index}`,
    files: index === 6 ? payment("seventh") : index === 7 ? CLEAN : {},
  }));
  const head = await clone.importCommits(commits);
  const leak = await clone.git("rev-parse", "HEAD~293");
  await app.unheard(() => clone.push("HEAD:long"));
  await app.github.openPullRequest(shop.repository, { head: "long", by: "ann" });
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leak.slice(0, 7));
  expect(run.summary).toContain("300 commits");
});

test("changing the base branch scans the commits that are now in the pull request", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  const leak = await clone.commit("Try", payment("base"));
  await clone.git("branch", "other");
  const head = await clone.commit("Clean up", CLEAN);
  await app.unheard(() => clone.push("try", "other"));
  const pull = await app.github.openPullRequest(shop.repository, { head: "try", base: "other", by: "ann" });
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  await app.github.changeBase(shop.repository, pull, "main", "ann");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leak.slice(0, 7));
});

test("a reopened pull request gets its verdict back", async () => {
  const shop = await app.project();
  const { leak, head } = await tried(shop, "reopened");
  const pull = await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  await app.settled();
  await app.github.closePullRequest(shop.repository, pull, "ann");
  await app.settled();
  await app.github.reopenPullRequest(shop.repository, pull, "ann");
  const run = await shop.settledCheck(head);
  expect(run.conclusion).toBe("neutral");
  expect(run.summary).toContain(leak.slice(0, 7));
});

test("a draft is checked like any pull request, and a new title causes no scan", async () => {
  const shop = await app.project();
  const { head } = await tried(shop, "draft");
  const pull = await app.github.openPullRequest(shop.repository, { head: "try", by: "ann", draft: true });
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
  const asked = app.github.requests.length;
  await app.github.changeTitle(shop.repository, pull, "Another title", "ann");
  await app.github.setDraft(shop.repository, pull, false, "ann");
  await app.settled();
  expect(app.github.requests.slice(asked)).toEqual([]);
});

test("a pull request from a fork is read, even after the fork is deleted", async () => {
  const shop = await app.project();
  await shop.begun();
  const fork = await app.github.forkRepository(shop.repository, "stranger");
  const clone = await shop.clone("stranger", fork);
  await clone.git("switch", "--quiet", "--create", "gift");
  const leak = await clone.commit("Try", payment("fork"));
  const head = await clone.commit("Clean up", CLEAN);
  await clone.push("HEAD:gift");
  const pull = await app.github.openPullRequest(shop.repository, {
    head: "gift",
    from: fork,
    by: "stranger",
  });
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leak.slice(0, 7));

  await app.github.closePullRequest(shop.repository, pull, "stranger");
  await app.github.deleteRepository(fork);
  await app.github.reopenPullRequest(shop.repository, pull, "ann");
  const again = await shop.settledCheck(head);
  expect(again).toMatchObject({ conclusion: "neutral" });
  expect(again.summary).toContain(leak.slice(0, 7));
});

test("a large pull request from a fork is fetched from the base repository", async () => {
  const shop = await app.project();
  await shop.begun();
  const fork = await app.github.forkRepository(shop.repository, "stranger");
  const clone = await shop.clone("stranger", fork);
  await clone.git("switch", "--quiet", "--create", "gift");
  const commits = Array.from({ length: 12 }, (_, index) => ({
    message: `Step ${index}`,
    files: index === 2 ? payment("fork-many") : {},
  }));
  const head = await clone.importCommits(commits);
  await clone.push("HEAD:gift");
  await app.github.idle();
  await app.github.openPullRequest(shop.repository, { head: "gift", from: fork, by: "stranger" });
  expect(await shop.settledCheck(head)).toMatchObject({
    conclusion: "neutral",
    annotations: [{ path: "pay.py" }],
  });
});

test("a pull request with an unrelated history is read to its own root", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--orphan", "island");
  const leak = await clone.commit("Begin anew", payment("unrelated"));
  const head = await clone.commit("Clean up", CLEAN);
  await app.unheard(() => clone.push("HEAD:island"));
  await app.github.openPullRequest(shop.repository, { head: "island", by: "ann" });
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leak.slice(0, 7));
});

test("if base and head are the same commit, the head is read before the check turns green", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const head = await clone.commit("Begin", payment("same"));
  await app.unheard(() => clone.push("HEAD:main", "HEAD:same"));
  await app.github.openPullRequest(shop.repository, { head: "same", by: "ann" });
  expect(await shop.settledCheck(head)).toMatchObject({
    conclusion: "neutral",
    annotations: [{ path: "pay.py" }],
  });
});

test("if a head is force-pushed during its scan, both heads get their own verdict", async () => {
  const shop = await app.project();
  const { clone, head } = await tried(shop, "moved");
  await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  await app.settled();
  const slow = await clone.commit("Slow", payment("slow"));
  const read = Promise.withResolvers<void>();
  const moved = Promise.withResolvers<void>();
  app.github.orderFault({
    operation: "repos/get-commit",
    path: new RegExp(slow),
    onMet: () => {
      read.resolve();
      return moved.promise;
    },
  });
  await clone.push("HEAD:try");
  await read.promise;
  await clone.git("reset", "--quiet", "--hard", head);
  const next = await clone.commit("Another way", { "other.txt": "fine\n" });
  await clone.push("--force", "HEAD:try");
  moved.resolve();
  expect(await shop.settledCheck(next)).toMatchObject({ status: "completed", conclusion: "neutral" });
  expect(await shop.settledCheck(slow)).toMatchObject({ status: "completed", conclusion: "neutral" });
});
