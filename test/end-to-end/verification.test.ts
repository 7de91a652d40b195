import { afterAll, expect, test } from "vitest";
import { startLocalStripe } from "../../local-stripe/index.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const stripe = await startLocalStripe();
afterAll(() => stripe.close());
const app = await installApp({ lasts: "file", environment: { STRIPE_API_URL: stripe.url } });
app.github.createUser("max");

const owners = await app.project({ name: ".github" });
await owners.begun({ ".github/rollcall.yml": "verify_keys: true\n" });

function payment(key: string, path = "pay.py"): Record<string, string> {
  return { [path]: `import stripe\nstripe.api_key = "${key}"\n` };
}

function issueOf(shop: Project) {
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error("no issue");
  return issue;
}

function lastComment(shop: Project): string {
  return issueOf(shop).comments.at(-1)?.body ?? "";
}

/** A repository with a pull request of `ann`, who may write, that holds the key. */
async function leaked(key: string, isPrivate = true) {
  const shop = await app.project({ private: isPrivate, roles: { ann: "write", max: "maintain" } });
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "feature", "main");
  const head = await clone.commit("Pay", payment(key));
  await clone.push("feature");
  await app.github.openPullRequest(shop.repository, {
    head: "feature",
    base: "main",
    by: "ann",
    title: "Pay",
  });
  const press = async (identifier: string, by: string): Promise<void> => {
    await app.settled();
    const run = shop.checks(head).at(-1);
    if (run === undefined) throw new Error("no run");
    app.github.pressAction(shop.repository, run, identifier, by);
    await app.settled();
  };
  await app.settled();
  return { shop, clone, head, press };
}

test("a key that works is said to; closed too early it is reopened; once dead, Rollcall closes it and the check turns green", async () => {
  const key = app.key("verified");
  stripe.setKey(key, "active");
  const { shop, head, press } = await leaked(key);
  expect(shop.checks(head).at(-1)?.summary).toContain("**It still works.** Stripe accepts it");
  expect(issueOf(shop).body).toContain("**It still works.** Stripe accepts it");

  app.github.closeIssue(shop.repository, issueOf(shop).number, "max");
  await app.settled();
  expect(issueOf(shop)).toMatchObject({ state: "open" });
  expect(lastComment(shop)).toMatch(/thanks.*I reopened.*still works.*asked on 20/s);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });

  stripe.setKey(key, "expired");
  await press("recheck", "ann");
  const run = await shop.completedCheck(head, ({ conclusion }) => conclusion === "success");
  await app.settled();
  expect(run.text).toContain("verified: Stripe says that the key is dead");
  expect(issueOf(shop)).toMatchObject({ state: "closed", stateReason: "completed" });
  expect(issueOf(shop).body).not.toContain("It still works");
  expect(issueOf(shop).body).toContain("It no longer works");
  expect(lastComment(shop)).toMatch(
    /is rolled\. It no longer works.*It took \d+ minutes? from the first sight/s,
  );
  expect(stripe.requests.every(({ userAgent }) => userAgent.startsWith("Rollcall"))).toBe(true);
  expect(shop.published()).not.toContain(key);
});

test("a box is ticked too early: the tick is taken back, and the check stays red", async () => {
  const keys = Array.from({ length: 21 }, (_, index) => app.key(`box-${index}`));
  for (const key of keys.slice(0, 2)) stripe.setKey(key, "active");
  const shop = await app.project({ roles: { ann: "write" } });
  const clone = await shop.begun();
  const lines = keys.map((key, index) => `k${index} = "${key}"\n`);
  const head = await clone.commit("Dump", { "keys.py": lines.join("") });
  await clone.push("HEAD:main");
  await app.settled();
  stripe.setKey(keys[1] ?? "", "expired");
  const body = (issueOf(shop).body ?? "").replaceAll("- [ ] ", "- [x] ");
  app.github.editIssue(shop.repository, issueOf(shop).number, "ann", { body });
  await app.settled();
  expect(issueOf(shop)).toMatchObject({ state: "open" });
  expect(issueOf(shop).body?.match(/- \[ \] /g)).toHaveLength(1);
  expect(lastComment(shop)).toMatch(/I took the tick back all the same: Stripe still accepts/);
  expect(shop.checks(head).at(-1)).toMatchObject({
    conclusion: "failure",
    title: "1 live Stripe secret key leaked",
  });
  const { text } = shop.checks(head).at(-1) ?? {};
  expect(text).toContain("verified: Stripe says that the key is dead");

  // A commit brings one again that was said to be rolled: its tick is taken back too.
  const later = await clone.commit("Again", payment(keys[5] ?? "", "again.py"));
  await clone.push("HEAD:main");
  await app.settled();
  expect(issueOf(shop).body?.match(/- \[ \] /g)).toHaveLength(2);
  expect(shop.checks(later).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("a key that a stranger pushed is never sent to Stripe, not even once it is merged", async () => {
  const key = app.key("stranger");
  stripe.setKey(key, "active");
  const shop = await app.project({ roles: { ann: "write", max: "maintain" } });
  await shop.begun();
  const fork = await app.github.forkRepository(shop.repository, "stranger");
  const clone = await shop.clone("stranger", fork);
  await clone.git("switch", "--quiet", "--create", "gift");
  await clone.commit("A gift", payment(key));
  await clone.push("HEAD:gift");
  const pull = await app.github.openPullRequest(shop.repository, {
    head: "gift",
    from: fork,
    by: "stranger",
    base: "main",
  });
  await app.settled();
  await app.github.mergePullRequest(shop.repository, pull, "ann");
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
  expect(issueOf(shop).body).toContain("a person without write access pushed it");
  expect(stripe.asked(key)).toBe(0);
});

test("on a public repository no key is asked about, and nothing says whether it works", async () => {
  const key = app.key("public");
  stripe.setKey(key, "active");
  const { shop, head } = await leaked(key, false);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(stripe.asked(key)).toBe(0);
  expect(shop.published()).not.toMatch(/still works|Active:/);
});

test("the test keys of a check are ignored for a person who may dismiss, and for nobody else", async () => {
  const { shop, head, press } = await leaked(app.key("ignored", "sk_test_"));
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "neutral" });
  await press("ignore_test_keys", "ann");
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "neutral" });
  expect(shop.checks(head).at(-1)?.summary).toMatch(/ann clicked \*\*Ignore test keys\*\*.*`maintain`/);
  await press("ignore_test_keys", "max");
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "success" });
  expect(shop.checks(head).at(-1)?.summary).toMatch(/### Ignored test keys[\s\S]*max/);
});
