import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file", as: "hurried" });
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
  await app.github.openPullRequest(shop.repository, {
    head: "feature",
    base: "main",
    by: "ann",
    title: "Pay",
  });
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
  expect(run.text).toContain("attested by max, not verified");
  await app.settled();
  expect(issueOf(shop)).toMatchObject({ state: "closed" });
  expect(comments(shop)).toHaveLength(1);
  expect(shop.published()).not.toContain(key);
});

test.each([
  ["max", "not_planned", "success", "closed", "say in a comment why"],
  ["ann", "not_planned", "failure", "open", "the role `maintain` or above"],
  ["stranger", "completed", "failure", "open", "the role `write` or above"],
  ["max", "duplicate", "failure", "open", "it cannot be a duplicate"],
] as const)(
  "closed by %s as %s: the check is a %s, the issue %s",
  async (by, reason, conclusion, state, said) => {
    const { shop, head } = await leaked(`closed-${by}-${reason}`);
    app.github.closeIssue(shop.repository, issueOf(shop).number, by, reason);
    await app.settled();
    expect(shop.checks(head).at(-1)).toMatchObject({ conclusion });
    expect(issueOf(shop)).toMatchObject({ state });
    expect(comments(shop)).toEqual([expect.stringContaining(said)]);
  },
);

test("a person who dismisses a leak with a comment is not asked for the reason", async () => {
  const { shop, head } = await leaked("reasoned");
  app.github.commentOnIssue(
    shop.repository,
    issueOf(shop).number,
    "max",
    "It is the key of the documentation.",
  );
  app.github.closeIssue(shop.repository, issueOf(shop).number, "max", "not_planned");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "success" });
  expect(run.text).toContain("dismissed by max");
  expect(comments(shop)).toHaveLength(1);
});

test("a pull request, a project and an app that close the issue are undone, each explained once", async () => {
  const { shop, head } = await leaked("automatic");
  const { number } = issueOf(shop);
  for (const round of [1, 2]) {
    app.github.closeIssueByProject(shop.repository, number, "max", `Board ${round}`);
    await app.settled();
    expect(issueOf(shop)).toMatchObject({ state: "open" });
  }
  expect(comments(shop)).toHaveLength(1);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("an automation that insists is undone five times a day and the leak stays open", async () => {
  const { shop, head } = await leaked("insists");
  const { number } = issueOf(shop);
  for (let round = 1; round <= 6; round += 1) {
    app.github.closeIssueByProject(shop.repository, number, "max", "Board");
    await app.settled();
    expect(issueOf(shop)).toMatchObject({ state: round <= 5 ? "open" : "closed" });
  }
  expect(comments(shop)).toEqual([
    expect.stringContaining("a changed file does not end a leak"),
    expect.stringContaining("so I leave it closed until"),
  ]);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("a reopened issue turns the check red again, and a new commit with the rolled key does too", async () => {
  const { shop, head, key } = await leaked("again");
  const { number } = issueOf(shop);
  app.github.closeIssue(shop.repository, number, "max");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
  app.github.reopenIssue(shop.repository, number, "stranger");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  app.github.closeIssue(shop.repository, number, "max");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });

  const clone = await shop.clone();
  const later = await clone.commit("Again", payment(key, "again.py"));
  const shown = watchCheck(shop, later);
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(later)).toMatchObject({ conclusion: "failure" });
  // Not even while its issue waits to be told.
  expect(shown).not.toContain("success");
  expect(issueOf(shop)).toMatchObject({ state: "open" });
  expect(comments(shop)).toEqual([expect.stringContaining("brings this key again")]);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("a delivery that was lost is made up for, and one that comes twice changes nothing", async () => {
  const { shop, head } = await leaked("lost");
  const { number } = issueOf(shop);
  const [lost] = await app.unheard(async () => app.github.closeIssue(shop.repository, number, "max"));
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  if (lost === undefined) throw new Error("no delivery");
  app.github.redeliver(lost);
  app.github.redeliver(lost);
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
});

test("an issue that was deleted gets a successor", async () => {
  const { shop, head } = await leaked("deleted");
  const { number } = issueOf(shop);
  app.github.deleteIssue(shop.repository, number, "max");
  await app.settled();
  expect(issueOf(shop).number).not.toBe(number);
  expect(shop.checks(head).at(-1)?.summary).toContain(`/issues/${issueOf(shop).number})`);
});

test("many keys in one issue: each is cleared by its box, and a tick without the role is taken back", async () => {
  const shop = await app.project({ roles: { ann: "write", stranger: "triage" } });
  const clone = await shop.begun();
  const lines = Array.from({ length: 21 }, (_, index) => `k${index} = "${app.key(`box-${index}`)}"\n`);
  const head = await clone.commit("Dump", { "keys.py": lines.join("") });
  await clone.push("HEAD:main");
  await app.settled();
  const issue = issueOf(shop);
  const tick = async (by: string, boxes: number): Promise<void> => {
    let left = boxes;
    const body = (issue.body ?? "").replaceAll("- [ ] ", (box) => {
      left -= 1;
      return left >= 0 ? "- [x] " : box;
    });
    app.github.editIssue(shop.repository, issue.number, by, { body });
    await app.settled();
  };
  await tick("stranger", 2);
  expect(issue.body).not.toContain("- [x] ");
  expect(comments(shop)).toEqual([expect.stringContaining("I took the tick back")]);
  await tick("ann", 20);
  expect(issue.body?.match(/- \[x\] /g)).toHaveLength(20);
  expect(shop.checks(head).at(-1)).toMatchObject({
    conclusion: "failure",
    title: "1 live Stripe secret key leaked",
  });
  await tick("ann", 1);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "success" });
  expect(shop.checks(head).at(-1)?.text).toContain("attested by ann, who brought the key, not verified");
  expect(issue).toMatchObject({ state: "closed" });
  const body = (issue.body ?? "").replace("- [x] ", "- [ ] ");
  app.github.editIssue(shop.repository, issue.number, "ann", { body });
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(issue).toMatchObject({ state: "open" });
});

test("after the database is lost, a rolled key does not turn red again, and a dismissed one neither", async () => {
  onTestFinished(() => app.github.shiftTime(0));
  const shop = await app.project({ roles: { ann: "write", max: "maintain" } });
  const clone = await shop.begun();
  const heads: string[] = [];
  for (const name of ["rolled", "dismissed"]) {
    await clone.git("switch", "--quiet", "--create", name, "main");
    heads.push(await clone.commit(name, payment(app.key(`rebuilt-${name}`))));
    await clone.push(name);
    await app.settled();
    const issue = shop.issues().find(({ state }) => state === "open");
    // GitHub's times are whole seconds: an issue closed in the second of a push may have been closed before it.
    app.github.shiftTime(2_000 * heads.length);
    app.github.closeIssue(
      shop.repository,
      issue?.number ?? 0,
      "max",
      name === "rolled" ? "completed" : "not_planned",
    );
    await app.settled();
  }
  await app.stop();
  await rm(app.dataDirectory, { recursive: true });
  await app.start();
  for (const head of heads) {
    const shown = watchCheck(shop, head);
    const run = shop.checks(head).at(-1);
    if (run === undefined) throw new Error("no run");
    app.github.rerequestRun(shop.repository, run, "ann");
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
    // Its pushes of the last days may be read again beside the re-run, which brings another run.
    expect(shown).not.toContain("failure");
  }
  expect(shop.issues()).toHaveLength(2);
});
