/**
 * Each request that the app makes, with each way in which GitHub can fail it: the verdict is right in the end and never
 * green before, and there is one issue. All scenarios run at once, each in a repository of its own. A part of the table
 * is tested each time, `npm run test:faults` tests all of it.
 */
import { expect, inject, test } from "vitest";
import type { FaultOrder } from "local-github";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** All of the table, not the quick part alone. */
    allFaults: boolean;
  }
}

const app = await installApp({ lasts: "file" });

const LIMIT = { "retry-after": "1" };
const SECONDARY = { message: "You have exceeded a secondary rate limit." };

const FAULTS: readonly (readonly [string, FaultOrder])[] = [
  ["401", { answer: "bad-credentials" }],
  ["403", { status: 403, body: { message: "Resource not accessible by integration" } }],
  ["404", { status: 404, body: { message: "Not Found" } }],
  ["422", { status: 422, body: { message: "Validation Failed" } }],
  ["429", { status: 429, headers: LIMIT, body: { message: "Too many requests" } }],
  ["a secondary limit", { status: 403, headers: LIMIT, body: SECONDARY }],
  ["500", { status: 500 }],
  ["502", { status: 502, body: "<html>Bad gateway</html>" }],
  ["a cut connection before the effect", { reset: "before-effect" }],
  ["a cut connection after the effect", { reset: "after-effect" }],
  ["a page of HTML", { answer: "html-page" }],
  ["half of the answer", { answer: "truncated" }],
  ["silence before the effect", { hang: "before-effect" }],
  ["silence after the effect", { hang: "after-effect" }],
];

/** Silence takes 30 seconds, and a refusal is tried again after a quarter of a minute. */
const QUICK: ReadonlySet<string> = new Set([
  "a secondary limit",
  "502",
  "a cut connection after the effect",
  "a page of HTML",
  "half of the answer",
]);

/** `large`: the pull request has so many commits that git reads it. `open`: a second push finds the issue open. */
const OPERATIONS: readonly (readonly [string, "small" | "large" | "twice"])[] = [
  ["checks/create", "small"],
  ["checks/update", "small"],
  ["repos/get-commit", "small"],
  ["repos/compare-commits-with-basehead", "small"],
  ["repos/get-content", "small"],
  ["repos/get-collaborator-permission-level", "small"],
  ["issues/list-for-repo", "small"],
  ["issues/create", "small"],
  ["git-upload-pack", "large"],
  ["issues/get", "twice"],
  ["issues/update", "twice"],
];

const all = inject("allFaults");
const CASES = OPERATIONS.flatMap(([operation, kind]) =>
  FAULTS.filter(([name]) => all || QUICK.has(name)).map(([name, fault]) => ({
    operation,
    kind,
    name,
    fault,
  })),
);

async function scenario({ operation, kind, name, fault }: (typeof CASES)[number]): Promise<void> {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "try");
  const key = app.key(`${operation} ${name}`);
  const pay = { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` };
  const commit = async (): Promise<string> => {
    await clone.commit("Pay", pay);
    const more = kind === "large" ? ["1", "2", "3", "4"] : [];
    for (const name of more) await clone.commit("More", { more: `${name}\n` });
    return clone.commit("Clean up", { "pay.py": "import stripe\n" });
  };
  let head = await commit();
  await app.unheard(() => clone.push("try"));
  if (kind === "twice") {
    await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
    await shop.completedCheck(head, ({ summary }) => summary?.includes("/issues/1)") === true);
    head = await commit();
  }
  const path = new RegExp(`/${shop.repository.name}(/|\\.git)`);
  const shown = watchCheck(shop, head);
  const order = app.github.orderFault({ operation, path, times: 1, ...fault });
  if (kind === "twice") await clone.push("try");
  else await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  const run = await shop.completedCheck(head, ({ summary }) => summary?.includes("/issues/1)") === true);
  const places = (shop.issues()[0]?.body ?? "").match(/pay\.py/g)?.length ?? 0;
  expect({
    conclusion: run.conclusion,
    green: shown.includes("success"),
    issues: shop.issues().length,
  }).toEqual({
    conclusion: "failure",
    green: false,
    issues: 1,
  });
  expect(run.title).not.toContain("incomplete");
  expect(places).toBeGreaterThan(0);
  await app.github.until(() => order.left.times === 0, "the fault is met");
}

/** So many scenarios at once: git and the clones take the processors. */
const AT_ONCE = 8;

test(`${CASES.length} faults: right in the end, never green before`, { timeout: 1_200_000 }, async () => {
  const waiting = [...CASES];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { operation, name } = next;
      await scenario(next).catch((error: unknown) => failed.push(`${operation}, ${name}: ${String(error)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(failed).toEqual([]);
});
