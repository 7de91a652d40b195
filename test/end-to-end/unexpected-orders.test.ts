import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Delivery } from "local-github";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";
import { killPostmaster } from "../support/postmaster.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

app.github.createUser("boss");

const CLEAN = { "pay.py": "import stripe\n" };

function pay(seed: string): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${app.key(seed)}"\n` };
}

/** `leak` holds the key; `try` is one commit further, which removes it. Both are known to the app. */
async function branched(seed: string, options: Parameters<typeof app.project>[0] = {}) {
  const shop = await app.project(options);
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "leak");
  const leaking = await clone.commit("Pay", pay(seed));
  await clone.push("leak");
  await shop.completedCheck(leaking);
  await clone.git("switch", "--quiet", "--create", "try");
  const head = await clone.commit("Clean up", CLEAN);
  await clone.push("try");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  return { shop, clone, leaking, head };
}

function pullBy(shop: Project, base: string, by = "ann") {
  return app.github.openPullRequest(shop.repository, { head: "try", base, by });
}

test("a pull request opened for a head that is green turns it red, and it ends with the pull request", async () => {
  const { shop, head } = await branched("green head");
  const pull = await pullBy(shop, "main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.github.closePullRequest(shop.repository, pull, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  expect(shop.issues()).toHaveLength(1);
});

test("two pull requests with the same head: closing one leaves the other's red", async () => {
  const { shop, head } = await branched("two pulls");
  const first = await pullBy(shop, "main");
  await pullBy(shop, "main");
  await app.settled();
  await app.github.closePullRequest(shop.repository, first, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
});

test("a base changed to a branch that has the key and back again: the last base decides", async () => {
  const { shop, head } = await branched("base");
  const pull = await pullBy(shop, "main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  // GitHub's times have whole seconds: of two changes in one second neither is the later one.
  onTestFinished(() => app.github.shiftTime(0));
  app.github.shiftTime(5_000);
  await app.github.changeBase(shop.repository, pull, "leak", "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  app.github.shiftTime(10_000);
  await app.github.changeBase(shop.repository, pull, "main", "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
});

test("a pull request closed and reopened while its scan runs is red, and never green before", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  await clone.commit("Pay", pay("reopened"));
  const head = await clone.commit("Clean up", CLEAN);
  await app.unheard(() => clone.push("try"));
  const shown = watchCheck(shop, head);
  const path = new RegExp(`/${shop.repository.name}/`);
  const slow = app.github.orderFault({ operation: "repos/get-commit", path, delayMs: 1500 });
  const pull = await pullBy(shop, "main");
  await app.github.until(() => slow.left.times === 0, "the scan runs");
  await app.github.closePullRequest(shop.repository, pull, "ann");
  await app.github.reopenPullRequest(shop.repository, pull, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shown).not.toContain("success");
});

describe("deliveries in any order, some of them twice", () => {
  const ORDERS: readonly (readonly [string, (sent: readonly Delivery[]) => readonly Delivery[]])[] = [
    ["backwards", (sent) => sent.toReversed()],
    ["each twice", (sent) => sent.flatMap((one) => [one, one])],
    ["all, then all again", (sent) => [...sent, ...sent]],
  ];
  test.each(ORDERS)("%s: red, with one issue", async (name, order) => {
    const shop = await app.project();
    const clone = await shop.begun();
    let head = "";
    const sent = await app.unheard(async () => {
      await clone.git("switch", "--quiet", "--create", "try");
      await clone.commit("Pay", pay(name));
      await clone.push("try");
      await app.github.idle();
      await pullBy(shop, "main");
      head = await clone.commit("Clean up", CLEAN);
      await clone.push("try");
      await app.github.idle();
      await clone.git("tag", "v1");
      await clone.push("v1");
    });
    const shown = watchCheck(shop, head);
    for (const delivery of order(sent)) app.github.redeliver(delivery);
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(shop.issues()).toHaveLength(1);
    // Green may only come before the pull request was accepted.
    expect(shown.at(-1)).toBe("failure");
  });
});

test("a branch that is deleted before its push is read stays red, and its key has an issue", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("deleted"));
  const sent = await app.unheard(async () => {
    await clone.push("HEAD:gone");
    await app.github.idle();
    await clone.push("--delete", "gone");
  });
  for (const delivery of sent.toReversed()) app.github.redeliver(delivery);
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
});

test.each([true, false])(
  "a force-push that drops a key which was read (private: %s) leaves its issue open",
  async (hidden) => {
    const shop = await app.project({ private: hidden });
    const clone = await shop.begun();
    const leaking = await clone.commit("Pay", pay(`dropped ${hidden}`));
    await clone.push("HEAD:main");
    expect(await shop.settledCheck(leaking)).toMatchObject({ conclusion: "failure" });
    await clone.git("reset", "--quiet", "--hard", "HEAD~1");
    const head = await clone.commit("Again", { "other.txt": "x\n" });
    await clone.push("--force", "HEAD:main");
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(await shop.settledCheck(leaking)).toMatchObject({ conclusion: "failure" });
    expect(shop.issues().map(({ state }) => state)).toEqual(["open"]);
  },
);

test("a database server that is killed during a scan loses nothing", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("database"));
  const path = new RegExp(`/${shop.repository.name}/`);
  const order = app.github.orderFault({
    operation: "repos/get-commit",
    path,
    delayMs: 500,
    onMet: () => killPostmaster(app.dataDirectory),
  });
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.github.until(() => shop.issues().length > 0, "an issue");
  expect(order.left.times).toBe(0);
  expect(shop.issues()).toHaveLength(1);
});

describe("people without the role", () => {
  test("a stranger's fork with a key and a rollcall.yml is red, and has no issue until it is merged", async () => {
    const shop = await app.project({ private: false });
    await shop.begun();
    const fork = await app.github.forkRepository(shop.repository, "stranger");
    const clone = await shop.clone("stranger", fork);
    await clone.git("switch", "--quiet", "--create", "try");
    const file = { ".github/rollcall.yml": "mode: observe\ntest_keys: ignore\n" };
    const head = await clone.commit("Pay", { ...pay("stranger"), ...file });
    await clone.push("try");
    const pull = await app.github.openPullRequest(shop.repository, {
      head: "try",
      from: fork,
      by: "stranger",
    });
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    expect(shop.issues()).toEqual([]);
    await app.github.mergePullRequest(shop.repository, pull, "ann");
    await app.settled();
    expect(shop.issues()).toHaveLength(1);
  });

  test("Accept unread changes nothing unless whoever presses it has the role", async () => {
    const shop = await app.project({ roles: { ann: "write", boss: "maintain" } });
    const clone = await shop.begun();
    const head = await clone.commit("Large", { "zeros.gz": gzipSync(Buffer.alloc(80_000_000)) });
    await clone.push("HEAD:main");
    const red = await shop.settledCheck(head);
    expect(red).toMatchObject({ conclusion: "failure", actions: [{ identifier: "accept_unread" }] });
    for (const login of ["stranger", "ann"]) {
      app.github.pressAction(shop.repository, red, "accept_unread", login);
      expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
    }
    app.github.pressAction(shop.repository, red, "accept_unread", "boss");
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  });
});
