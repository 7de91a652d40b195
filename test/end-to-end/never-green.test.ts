import { describe, expect, test } from "vitest";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

const CLEAN = { "pay.py": "import stripe\n" };

function pay(seed: string): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${app.key(seed)}"\n` };
}

/** A push whose second commit takes the key out again, so the head looks clean. */
async function cleanedUp(seed: string) {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.commit("Pay", pay(seed));
  const head = await clone.commit("Clean up", CLEAN);
  return { shop, clone, head };
}

test("red stays when the branch moves on and a tag points at the commit, and a re-run agrees", async () => {
  const { shop, clone, head } = await cleanedUp("moves-on");
  await clone.push("HEAD:main");
  await clone.git("tag", "v1");
  await clone.push("v1");
  await clone.commit("Next", { "a.txt": "a\n" });
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.github.rerequestSuite(shop.repository, head, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
});

test("a branch that is merged before its push is read is red on its own head too", async () => {
  const { shop, clone, head } = await cleanedUp("merged-first");
  const pushes = await app.unheard(async () => {
    await clone.push("HEAD:feature");
    await app.github.idle();
    await clone.git("switch", "--quiet", "--detach", "origin/main");
    await clone.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", head);
    await clone.push("HEAD:main");
  });
  for (const push of pushes) app.github.redeliver(push);
  const merge = await clone.git("rev-parse", "HEAD");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(await shop.settledCheck(merge)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
});

/** A head that a push makes green and a pull request, which holds the key, makes red; neither is delivered yet. */
async function greenThenRed(seed: string) {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  await clone.commit("Pay", pay(seed));
  await app.unheard(() => clone.push("try"));
  const head = await clone.commit("Clean up", CLEAN);
  const deliveries = await app.unheard(async () => {
    await clone.push("try");
    await app.github.idle();
    await app.github.openPullRequest(shop.repository, { head: "try", base: "main", by: "ann" });
  });
  const of = (event: string) => {
    const found = deliveries.find((delivery) => delivery.event === event);
    if (found === undefined) throw new Error(`No ${event} was sent.`);
    return found;
  };
  return { shop, head, push: of("push"), pull: of("pull_request") };
}

test("a green whose answer was lost is taken back before the next scope is read", async () => {
  const { shop, head, push, pull } = await greenThenRed("lost-answer");
  app.github.orderFault({ operation: "checks/update", reset: "after-effect", times: 1 });
  const shown = watchCheck(shop, head);
  app.github.redeliver(push);
  await app.github.until(() => shop.checks(head).at(-1)?.conclusion === "success", "green");
  app.github.redeliver(pull);
  const red = await shop.settledCheck(head);
  expect(red).toMatchObject({ conclusion: "failure" });
  expect(shown.filter((state) => state === "success")).toHaveLength(1);
});

test("a pull request that is accepted takes green back at once, while every worker is busy", async () => {
  const { shop, head, push, pull } = await greenThenRed("hold");
  app.github.redeliver(push);
  await shop.completedCheck(head, (run) => run.conclusion === "success");
  const shown = Promise.withResolvers<void>();
  const slow: Awaited<ReturnType<typeof slowPush>>[] = [];
  for (const name of ["a", "b", "c", "d", "e", "f"]) slow.push(await slowPush(name, shown.promise));
  await app.settled();
  for (const { delivery } of slow) app.github.redeliver(delivery);
  await app.github.until(() => slow.some(({ isReading }) => isReading()), "the workers are busy");
  app.github.redeliver(pull);
  await app.github.until(() => shop.checks(head).at(-1)?.conclusion !== "success", "green is taken back");
  expect(slow.filter(({ isRead }) => isRead())).toEqual([]);
  shown.resolve();
});

/** A push to another repository, whose commit GitHub does not show before it is told to. */
async function slowPush(name: string, shown: Promise<void>) {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit(name, { [name]: name });
  const [delivery] = await app.unheard(() => clone.push("HEAD:main"));
  if (delivery === undefined) throw new Error("No push was sent.");
  const path = new RegExp(`/${shop.repository.name}/`);
  const fault = app.github.orderFault({ operation: "repos/get-commit", path, onMet: () => shown, times: 1 });
  return {
    delivery,
    isReading: () => fault.left.times === 0,
    isRead: () => shop.checks(head).some((run) => run.status === "completed"),
  };
}

describe("what GitHub refuses once is asked again", () => {
  test.each([
    [401, "Bad credentials"],
    [422, "No commit found for SHA"],
  ])("a check run that answers %i", async (status, message) => {
    const shop = await app.project();
    const clone = await shop.begun();
    const head = await clone.commit("Fine", { "a.txt": "a\n" });
    const path = new RegExp(`/${shop.repository.name}/`);
    app.github.orderFault({ operation: "checks/create", path, status, body: { message }, times: 1 });
    await clone.push("HEAD:main");
    expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "success" });
  });

  test.each([
    ["listing", "GET"],
    ["opening", "POST"],
  ])("%s the issues: the verdict stays, says so, and has its issue in the end", async (_name, method) => {
    const { shop, clone, head } = await cleanedUp(`refused-${method}`);
    const fault = app.github.orderFault({
      method,
      path: `/repos/acme/${shop.repository.name}/issues`,
      status: 403,
      body: { message: "Resource not accessible by integration" },
      times: 1000,
    });
    const shown = watchCheck(shop, head);
    await clone.push("HEAD:main");
    const red = await shop.completedCheck(head, ({ summary }) => summary?.includes("No issue yet") === true);
    expect(red).toMatchObject({ conclusion: "failure" });
    expect(red.title).toContain("leaked");
    fault.left.times = 0;
    await app.github.until(() => shop.issues().length > 0, "the issue is opened");
    const named = await shop.completedCheck(head, ({ summary }) => summary?.includes("/issues/") === true);
    expect(named.summary).not.toContain("No issue yet");
    expect(shop.issues()).toHaveLength(1);
    expect(shown).not.toContain("success");
  });
});
