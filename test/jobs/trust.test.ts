import { expect, test } from "vitest";
import type { Repository } from "../../src/domain/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import type { Job } from "../../src/jobs/index.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { commitAnswer, fileAnswer, SHA } from "../support/rest-answers.ts";

const database = useDatabase();

function leaking() {
  const context = aContext(database());
  const patch = `@@ -0,0 +1 @@\n+stripe("${keyOf("sk_live_", "trust")}")`;
  context.github.commits.set(SHA, commitAnswer([fileAnswer({ status: "added", sha: null, patch })]));
  return context;
}

const rerun = (repository: Repository): Job => ({ kind: "rerun", repository, head: SHA });

test("a commit that nobody is known to have brought files no issue, however often it is run again", async () => {
  const context = leaking();
  const repository = aRepository();
  await runJob(context, rerun(repository));
  await runJob(context, rerun(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  expect(context.github.issues).toHaveLength(0);
});

test.each([
  ["refs/heads/gh-readonly-queue/main/pr-7-0", 0],
  ["refs/heads/feature", 1],
])("run again, a push to %s files %i issues", async (ref, issues) => {
  const context = leaking();
  const repository = aRepository();
  const scope = { kind: "push", ref, before: null, after: SHA } as const;
  await context.store.scopes.begin(repository.id, scope, false, context.now());
  await runJob(context, rerun(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  expect(context.github.issues).toHaveLength(issues);
});

test("what nobody is known to have brought is read again when a ref holds it", async () => {
  const context = aContext(database());
  context.github.commits.set(SHA, commitAnswer([]));
  const repository = aRepository();
  await runJob(context, rerun(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
  expect(await context.store.scopes.readHeads(repository.id)).toEqual([]);
});
