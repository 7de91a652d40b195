import { expect, test } from "vitest";
import { HISTORY_CHECK_NAME } from "../../src/domain/index.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file", as: "hurried", installed: false });
app.github.createUser("max");

/** A repository whose first commit has a key that the second removes, from before the installation. */
async function withOldKey(key: string, isPrivate = true) {
  const shop = await app.project({ private: isPrivate, roles: { ann: "write", max: "maintain" } });
  const clone = await shop.clone();
  const brought = await clone.commit("Begin", { "pay.py": `stripe.api_key = "${key}"\n` });
  const head = await clone.commit("Clean up", { "pay.py": "stripe.api_key = os.environ['KEY']\n" });
  await clone.push("HEAD:main");
  return { shop, clone, brought, head };
}

/** What changes together is shown together, seconds later. */
function until(condition: () => boolean, what: string): Promise<void> {
  return app.github.until(condition, what);
}

function historyChecks({ repository }: Project) {
  return repository.checkRuns.filter(({ name }) => name === HISTORY_CHECK_NAME);
}

test("installed, read, filed and shown; then the key is rolled, and the check turns", async () => {
  const key = app.key("long-gone");
  const open = app.key("in-public");
  const { shop, clone, brought, head } = await withOldKey(key);
  const site = await withOldKey(open, false);
  await app.github.idle();
  app.github.install({ on: "acme" });
  await app.settled();

  const [issue, ...others] = shop.issues();
  expect(others).toEqual([]);
  expect(issue?.body).toMatch(new RegExp(`In history since:.*${brought.slice(0, 7)}.*by \`Ann`, "i"));
  expect(issue?.body).toContain("no longer in a file at the tip of the default branch");
  expect(historyChecks(shop)).toMatchObject([
    { headSha: head, conclusion: "neutral", title: "1 live key in history, none at the tip" },
  ]);
  expect(historyChecks(shop)[0]?.text).toContain(`/blob/${brought}/pay.py#L1`);
  // On a public repository nothing shows that its history holds a key.
  expect(site.shop.repository.checkRuns).toEqual([]);
  expect(site.shop.issues()).toEqual([]);

  app.github.closeIssue(shop.repository, issue?.number ?? 0, "max");
  await until(() => historyChecks(shop)[0]?.title === "No open key in history: 1 rolled", "a turned check");
  expect(historyChecks(shop)).toMatchObject([{ title: "No open key in history: 1 rolled" }]);
  expect(historyChecks(shop)[0]?.text).toContain("rolled: attested by max, not verified");

  const next = await clone.commit("Sell", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  await until(() => historyChecks(shop)[0]?.text === "", "the move of the check");
  await app.settled();
  expect(shop.checks(next).at(-1)).toMatchObject({ conclusion: "success" });
  expect(historyChecks(shop)).toMatchObject([
    { headSha: head, title: "See the newest commit of the default branch", text: "" },
    { headSha: next, title: "No open key in history: 1 rolled" },
  ]);

  const moved = historyChecks(shop)[1];
  if (moved === undefined) throw new Error("no check on the history");
  app.github.rerequestRun(shop.repository, moved, "ann");
  await until(() => historyChecks(shop).length === 3, "a new run");
  await app.settled();
  expect(historyChecks(shop).at(-1)).toMatchObject({
    headSha: next,
    title: "No open key in history: 1 rolled",
  });
  expect(shop.published() + site.shop.published()).not.toContain(key.slice(24, 40));
});

test("a new branch at an old commit says that a key from before has no issue, and nothing of it in public", async () => {
  app.github.createOrganization("old");
  const settings = await app.project({ owner: "old", name: ".github" });
  const rules = await settings.clone();
  await rules.commit("Configure", { ".github/rollcall.yml": "history: summary\n" });
  await rules.push("HEAD:main");
  const stage = async (isPrivate: boolean) => {
    const shop = await app.project({ owner: "old", private: isPrivate, roles: { ann: "write" } });
    const clone = await shop.clone();
    const root = await clone.commit("Begin", { "README.md": "# Shop\n" });
    await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key(`left ${isPrivate}`)}"\n` });
    const old = await clone.commit("Clean up", { "pay.py": "import os\n" });
    await clone.commit("Sell", { "sell.py": "import os\n" });
    await clone.push("HEAD:main");
    return { shop, clone, root, old };
  };
  const stages = [await stage(true), await stage(false)];
  await app.github.idle();
  // A push of the same second as the installation counts as new.
  app.github.shiftTime(60_000);
  app.github.install({ on: "old" });
  await until(() => stages.some(({ shop }) => historyChecks(shop).length > 0), "the check on the history");
  await app.settled();
  for (const { clone, old, root } of stages)
    await clone.push(`${old}:refs/heads/hotfix`, `${root}:refs/heads/early`);
  await app.settled();
  const [hidden, open] = stages.map(({ shop, old, root }) => ({
    old: shop.checks(old).at(-1),
    root: shop.checks(root).at(-1),
  }));
  expect(hidden?.old).toMatchObject({
    conclusion: "neutral",
    title: "No Stripe keys in 1 commit; 1 live key from before has no issue",
  });
  expect(open?.old).toMatchObject({ conclusion: "success", title: "No Stripe keys in 1 commit" });
  expect(open?.old?.summary).toBe(open?.root?.summary);
  expect([hidden?.root?.conclusion, open?.root?.conclusion]).toEqual(["success", "success"]);
  expect(stages.flatMap(({ shop }) => shop.issues())).toEqual([]);
});
