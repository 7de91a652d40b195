import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });
app.github.createUser("max");

function payment(key: string, path = "pay.py"): Record<string, string> {
  return { [path]: `import stripe\nstripe.api_key = "${key}"\n` };
}

/** A repository with a leak in an open pull request, and its issue. `ann` pushed it and may write; `max` maintains. */
async function leaked(seed: string): Promise<{ shop: Project; head: string; key: string }> {
  const shop = await app.project({ roles: { ann: "write", max: "maintain", stranger: "triage" } });
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "feature", "main");
  const key = app.key(seed);
  const head = await clone.commit("Pay", payment(key));
  await clone.push("feature");
  await app.github.openPullRequest(shop.repository, { head: "feature", base: "main", by: "ann", title: "Pay" });
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  return { shop, head, key };
}

function issueOf(shop: Project) {
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error("no issue");
  return issue;
}

function comments(shop: Project): readonly string[] {
  return issueOf(shop).comments.map(({ body }) => body);
}

test("a commit that closes the issue is undone; a person who closes it turns the check green without a push", async () => {
  const { shop, head, key } = await leaked("life");
  const clone = await shop.clone();
  await clone.commit(`Remove the key\n\nFixes #${issueOf(shop).number}`, { "README.md": "# Shop again\n" });
  await clone.push("HEAD:main");
  await app.settled();
  expect(issueOf(shop)).toMatchObject({ state: "open" });
  expect(comments(shop)).toMatchObject([expect.stringContaining("a changed file does not end a leak")]);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });

  app.github.closeIssue(shop.repository, issueOf(shop).number, "max");
  const run = await shop.completedCheck(head, ({ conclusion }) => conclusion === "success");
  expect(run.summary).toContain("attested by max, not verified");
  await app.settled();
  expect(issueOf(shop)).toMatchObject({ state: "closed" });
  expect(comments(shop)).toHaveLength(1);
  expect(shop.published()).not.toContain(key);
});
