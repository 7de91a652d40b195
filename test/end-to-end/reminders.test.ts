import { expect, test } from "vitest";
import type { Issue } from "local-github";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";
import { timePasses } from "../support/time-passes.ts";

const app = await installApp({ lasts: "file" });
app.github.createUser("bob");

/** A repository with one leak and its issue. */
async function leaking(options: Parameters<typeof app.project>[0] = {}): Promise<[Project, Issue]> {
  const shop = await app.project({ roles: { ann: "write", bob: "write" }, ...options });
  const clone = await shop.begun({ ".github/rollcall.yml": "issues:\n  assign: [bob, stranger]\n" });
  await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key(shop.repository.name)}"\n` });
  await clone.push("HEAD:main");
  await app.settled();
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error(`no issue: ${app.problems()}`);
  return [shop, issue];
}

function reminders(issue: Issue): string[] {
  return issue.comments.map(({ body }) => body).filter((body) => body.includes("rollcall:said:reminder"));
}

test(
  "people are reminded after 1, 3 and 7 days, once a day, and assigned with the last",
  { timeout: 120_000 },
  async () => {
    const [, issue] = await leaking();
    const [quiet, snoozed] = await leaking();
    const [closed, done] = await leaking();
    app.github.labelIssue(quiet.repository, snoozed.number, "ann", "rollcall:snooze");
    app.github.closeIssue(closed.repository, done.number, "ann");
    await timePasses(app, 1);
    expect(reminders(issue)).toHaveLength(1);
    expect(reminders(issue)[0]).toContain("This leak has been open for 1 day.");
    await timePasses(app, 0);
    expect(reminders(issue)).toHaveLength(1);
    await timePasses(app, 2);
    expect(reminders(issue)).toHaveLength(2);
    expect(issue.assignees.map(({ login }) => login)).toEqual(["ann"]);
    await timePasses(app, 4);
    expect(reminders(issue)).toHaveLength(3);
    expect(issue.assignees.map(({ login }) => login)).toEqual(["ann", "bob"]);
    await timePasses(app, 30);
    expect(reminders(issue)).toHaveLength(3);
    expect(reminders(snoozed)).toHaveLength(0);
    expect(reminders(done)).toHaveLength(0);
  },
);

test("killed after the comment was made: it is not made again", { timeout: 120_000 }, async () => {
  const [shop, issue] = await leaking();
  const killed = Promise.withResolvers<void>();
  app.github.orderFault({
    operation: "issues/create-comment",
    path: new RegExp(`/${shop.repository.name}/`),
    reset: "after-effect",
    onMet: async () => {
      await app.stop("SIGKILL");
      killed.resolve();
    },
  });
  timePasses(app, 1).catch(() => {});
  await killed.promise;
  await app.start();
  await app.github.until(() => reminders(issue).length > 0, "a reminder");
  await timePasses(app, 0);
  expect(reminders(issue)).toHaveLength(1);
});

test("on a public repository a reminder says nothing of any key", { timeout: 120_000 }, async () => {
  const [, issue] = await leaking({ private: false });
  await timePasses(app, 3);
  const [reminder = ""] = reminders(issue);
  expect(reminder).toContain("A reminder for the maintainers");
  expect(reminder).not.toMatch(/sk_live|day|leak|key|Stripe/);
});
