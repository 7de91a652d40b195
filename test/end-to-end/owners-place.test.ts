import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Issue } from "local-github";
import { runEvidence } from "../../src/evidence/index.ts";
import { evidenceSchema } from "../../src/report/index.ts";
import { installApp } from "../support/installed-app.ts";
import { timePasses } from "../support/time-passes.ts";

const OWNERS_FILE = "issues:\n  repository: acme/security\ndrill:\n  every: 30d\n  assign: [ann]\n";

/** An owner whose file names a private place, with a leak in a repository. */
async function withPlace() {
  const app = await installApp({ lasts: "test" });
  const security = await app.project({ name: "security", roles: { ann: "maintain" } });
  await security.begun();
  const ownersFile = await app.project({ name: ".github" });
  await ownersFile.begun({ ".github/rollcall.yml": OWNERS_FILE });
  const shop = await app.project({ name: "shop" });
  const clone = await shop.begun();
  await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key("place")}"\n` });
  await clone.push("HEAD:main");
  await app.settled();
  const titled = (start: string): Issue[] => security.issues().filter(({ title }) => title.startsWith(start));
  const leakIssue = security.issues().find(({ body }) => (body ?? "").includes("pay.py"));
  if (leakIssue === undefined) throw new Error(`no issue in the place: ${app.problems()}`);
  return { app, security, shop, clone, leakIssue, titled };
}

function only(issues: readonly Issue[]): Issue {
  const [issue, ...others] = issues;
  if (issue === undefined || others.length > 0) throw new Error(`${issues.length} issues`);
  return issue;
}

test("the owner's summary and drill: opened once, followed, found again", { timeout: 240_000 }, async () => {
  const { app, security, clone, leakIssue, titled } = await withPlace();
  await timePasses(app, 0);
  const summary = only(titled("Rollcall: summary"));
  const drill = only(titled("Drill 1"));
  expect(summary.body).toContain("**1 leak** is open.");
  expect(summary.body).toContain("acme/shop");
  expect(summary.body).toContain(`/security/issues/${leakIssue.number})`);
  expect(summary.body).toContain("Drill 1](");
  expect(drill.assignees.map(({ login }) => login)).toEqual(["ann"]);
  expect(drill.body).toContain("**where it is used**");

  // A day later the leak is a day old, and the drill is due for a reminder.
  await timePasses(app, 1);
  expect(only(titled("Rollcall: summary")).body).toContain("| 1 day |");
  expect(drill.comments.map(({ body }) => body).join()).toContain("This drill has been open for 1 day.");

  // A workflow of a project does not end a drill.
  app.github.closeIssueByProject(security.repository, drill.number, "ann", "Board");
  await app.settled();
  expect(drill.state).toBe("open");

  const ticked = (drill.body ?? "")
    .replace("- [ ] **1.**", "- [x] **1.**")
    .replace("- [ ] **2.**", "- [x] **2.**");
  app.github.editIssue(security.repository, drill.number, "ann", { body: ticked });
  app.github.closeIssue(security.repository, drill.number, "ann");
  app.github.closeIssue(security.repository, leakIssue.number, "ann");
  await app.settled();
  expect(drill.comments.at(-1)?.body).toContain("2 of 5 steps were ticked. Attested by @ann, not verified");
  expect(drill.comments.at(-1)?.body).toContain("1 day");

  await timePasses(app, 0);
  expect(summary.body).toContain("No leak is open.");
  expect(summary.body).toContain("**1 leak**. Half of them were rolled within 1 day");
  expect(summary.body).toContain("attested by `@ann`, not verified");
  expect(titled("Drill")).toHaveLength(1);

  const evidence = await evidenceOf(app.dataDirectory);
  expect(evidence.drills).toMatchObject([
    { owner: "acme", number: 1, closedBy: "ann", outcome: "attested", steps: 5, stepsTicked: 2 },
  ]);
  expect(evidence.leaks).toMatchObject([{ state: "rolled", clearedBy: "ann", verified: false }]);

  // The next drill, and after the loss of the record neither a second summary nor a second drill.
  await timePasses(app, 29);
  const second = only(titled("Drill 2"));
  await app.stop();
  await rm(app.dataDirectory, { recursive: true });
  await app.start();
  await clone.commit("Next", { "next.py": "pass\n" });
  await clone.push("HEAD:main");
  await app.settled();
  await timePasses(app, 0);
  expect(only(titled("Rollcall: summary")).number).toBe(summary.number);
  expect(only(titled("Drill 2")).number).toBe(second.number);
  const rebuilt = await evidenceOf(app.dataDirectory);
  expect(rebuilt.drills).toMatchObject([
    { number: 1, closedBy: "ann", outcome: "attested", stepsTicked: 2 },
    { number: 2, closedAt: null },
  ]);
});

test(
  "killed after the drill and the summary came to be: there is one of each",
  { timeout: 120_000 },
  async () => {
    const { app, titled } = await withPlace();
    for (const after of [0, 1]) {
      const killed = Promise.withResolvers<void>();
      app.github.orderFault({
        operation: "issues/create",
        path: "/repos/acme/security/issues",
        reset: "after-effect",
        onMet: async () => {
          await app.stop("SIGKILL");
          killed.resolve();
        },
      });
      timePasses(app, 0).catch(() => {});
      await killed.promise;
      expect(titled("Drill").length + titled("Rollcall").length).toBe(after + 1);
    }
    await timePasses(app, 0);
    expect([titled("Drill").length, titled("Rollcall: summary").length]).toEqual([1, 1]);
  },
);

async function evidenceOf(directory: string) {
  let out = "";
  await runEvidence(["--format", "json"], {
    stdout: { write: (text) => (out += text) },
    stderr: process.stderr,
    environment: { DATA_DIR: directory },
    now: () => new Date(),
  });
  return evidenceSchema.parse(JSON.parse(out));
}
