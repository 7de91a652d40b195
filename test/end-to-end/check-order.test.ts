import { expect, test } from "vitest";
import type { Delivery, PullRequest } from "local-github";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

/**
 * One head with three scopes, none of them heard of yet: a push that brought its last commit only, a pull request whose
 * base holds the leak, and one whose base does not. Their author is a stranger, so no issue is opened.
 */
async function threeScopes(shop: Project, seed: string, atHead: boolean) {
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  await clone.commit("Pay", { "pay.py": `import stripe\nstripe.api_key = "${app.key(seed)}"\n` });
  await app.unheard(() => clone.push("try", "try:leaky"));
  const head = await clone.commit("Go on", atHead ? { "a.txt": "a\n" } : { "pay.py": "import stripe\n" });
  const pulls: PullRequest[] = [];
  const deliveries = await app.unheard(async () => {
    await clone.push("try");
    await app.github.idle();
    for (const base of ["main", "leaky"])
      pulls.push(await app.github.openPullRequest(shop.repository, { head: "try", base, by: "stranger" }));
  });
  const [push, red, green] = deliveries.filter(({ event }) => event === "push" || event === "pull_request");
  const [redPull] = pulls;
  if (push === undefined || red === undefined || green === undefined || redPull === undefined)
    throw new Error("Three deliveries were expected.");
  return { head, redPull, deliveries: { push, red, green } };
}

const ORDERS: readonly (readonly ("push" | "red" | "green")[])[] = [
  ["push", "red", "green"],
  ["push", "green", "red"],
  ["red", "push", "green"],
  ["red", "green", "push"],
  ["green", "push", "red"],
  ["green", "red", "push"],
];

function afterFirstRed(shown: readonly string[]): readonly string[] {
  return shown.slice(shown.indexOf("failure"));
}

for (const order of ORDERS) {
  test(`a push and two pull requests on one head, one after the other (${order.join(", ")}): never green over red`, async () => {
    const shop = await app.project();
    const { head, deliveries } = await threeScopes(shop, order.join(), false);
    const shown = watchCheck(shop, head);
    for (const which of order) {
      app.github.redeliver(deliveries[which]);
      await app.settled();
    }
    expect(shop.checks(head).at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(afterFirstRed(shown)).toEqual(["failure"]);
    // The check turned red with the red scope, not later.
    expect(shown.filter((state) => state === "success")).toHaveLength(
      order.indexOf("red") === 0 ? 0 : order.indexOf("red"),
    );
  });

  test(`a push and two pull requests on one head at once, each delivered twice (${order.join(", ")}): one red run`, async () => {
    const shop = await app.project();
    const { head, deliveries } = await threeScopes(shop, `${order.join()} at once`, true);
    const shown = watchCheck(shop, head);
    for (const which of [...order, ...order]) app.github.redeliver(deliveries[which]);
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({
      status: "completed",
      conclusion: "failure",
      annotations: [{ path: "pay.py" }],
    });
    expect(afterFirstRed(shown)).toEqual(["failure"]);
    const read = app.github.requests.filter(({ path }) => path.endsWith(`/commits/${head}`));
    expect(read.length).toBeLessThanOrEqual(1);
    const running = shop.checks(head).filter(({ status }) => status !== "completed");
    expect(running).toEqual([]);
  });
}

test("a verdict with fewer findings gets a new run, because annotations cannot be removed from the old one", async () => {
  const shop = await app.project();
  const { head, redPull, deliveries } = await threeScopes(shop, "shrinks", true);
  for (const delivery of [deliveries.push, deliveries.red, deliveries.green]) app.github.redeliver(delivery);
  const red = await shop.settledCheck(head);
  expect(red.annotations).toHaveLength(1);
  await app.github.closePullRequest(shop.repository, redPull, "ann");
  const green = await shop.settledCheck(head);
  expect(green).toMatchObject({ status: "completed", conclusion: "success", annotations: [] });
  expect(green.id).not.toBe(red.id);
});

test("a pull request whose closing arrives before its opening leaves no red check", async () => {
  const shop = await app.project();
  const { head, redPull, deliveries } = await threeScopes(shop, "ended", false);
  // GitHub's times have whole seconds, and what has the same time may be in either order.
  app.github.shiftTime(60_000);
  const [closed] = await app.unheard(() => app.github.closePullRequest(shop.repository, redPull, "ann"));
  app.github.shiftTime(0);
  const late: readonly (Delivery | undefined)[] = [deliveries.push, closed, deliveries.red];
  for (const delivery of late) {
    if (delivery !== undefined) app.github.redeliver(delivery);
    await app.settled();
  }
  expect(shop.checks(head).at(-1)).toMatchObject({ status: "completed", conclusion: "success" });
});

test("an older state of a pull request that arrives late does not replace a newer one", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  const old = await clone.commit("Old", { "old.txt": "old\n" });
  await clone.push("try");
  const [opened] = await app.unheard(() =>
    app.github.openPullRequest(shop.repository, { head: "try", by: "stranger" }),
  );
  const head = await clone.commit("New", { "new.txt": "new\n" });
  await clone.push("try");
  await app.settled();
  if (opened !== undefined) app.github.redeliver(opened);
  await app.settled();
  for (const sha of [old, head])
    expect(shop.checks(sha).at(-1)).toMatchObject({ status: "completed", conclusion: "success" });
});
