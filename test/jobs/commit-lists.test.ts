import { expect, test } from "vitest";
import type { Gap, Repository, Scope } from "../../src/domain/index.ts";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import type { Job } from "../../src/jobs/index.ts";
import { GitError } from "../../src/source/index.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { commitAnswer, fileAnswer, PARENT, SHA } from "../support/rest-answers.ts";

const database = useDatabase();

const BASE = "a1".repeat(20);
const PULL: Scope = { kind: "pull_request", number: 7, base: BASE, head: SHA };

function synchronize(repository: Repository, fields: Partial<Extract<Job, { kind: "scan" }>> = {}): Job {
  return {
    kind: "scan",
    repository,
    scope: PULL,
    hints: { commits: null, count: 6, previousHead: PARENT, forced: false, tag: null, inNames: [] },
    trust: { kind: "writer" },
    asOf: "2026-11-21T12:00:00Z",
    configurationChanged: false,
    last: false,
    ...fields,
  };
}

/** A head that REST shows as clean, in a repository that git cannot fetch. */
function withoutGit() {
  const context = aContext(database());
  context.github.commits.set(
    SHA,
    commitAnswer([fileAnswer({ status: "added", patch: "@@ -0,0 +1 @@\n+x" })]),
  );
  const git = context.openGit(aRepository());
  return {
    ...context,
    openGit: () => ({
      ...git,
      prepare: async () => {
        throw new GitError("timeout", "ordered");
      },
    }),
  };
}

test("an earlier reading whose list of commits had a gap proves nothing for the next", async () => {
  const context = withoutGit();
  const repository = aRepository();
  const before: Scope = { ...PULL, head: PARENT };
  const unlisted: Gap = { reason: "unavailable", commit: PARENT, path: null, detail: "not given" };
  await context.store.scopes.begin(repository.id, before, false, new Date("2026-11-21T11:00:00Z"));
  await context.store.scopes.finish(repository.id, before, {
    commits: [PARENT],
    findings: [],
    coverage: { commits: 1, files: 1, gaps: [unlisted] },
  });
  await context.store.commitScans.save(
    repository.id,
    DETECTOR_VERSION,
    [{ sha: PARENT, parents: [BASE], files: 1, findings: [], gaps: [] }],
    context.now(),
  );
  await runJob(context, synchronize(repository));
  expect(context.github.current(SHA)?.conclusion).toBe("failure");
});

test("a delivery about an older base that comes late does not replace what was read for the newer one", async () => {
  const context = aContext(database());
  const repository = aRepository();
  const line = `stripe("${keyOf("sk_live_", "late-base")}")`;
  const leaking = fileAnswer({ status: "added", sha: null, patch: `@@ -0,0 +1 @@\n+${line}` });
  const clean = fileAnswer({ status: "added", sha: null, patch: "@@ -0,0 +1 @@\n+x" });
  context.github.commits.set(PARENT, commitAnswer([leaking], { sha: PARENT, parents: [{ sha: BASE }] }));
  context.github.commits.set(SHA, commitAnswer([clean]));
  const hints = {
    commits: [PARENT, SHA],
    count: 2,
    previousHead: null,
    forced: false,
    tag: null,
    inNames: [],
  };
  await runJob(context, synchronize(repository, { hints, asOf: "2026-11-21T12:00:05Z" }));
  expect(context.github.current(SHA)?.conclusion).toBe("failure");

  const older: Scope = { ...PULL, base: PARENT };
  await runJob(
    context,
    synchronize(repository, { scope: older, hints: { ...hints, commits: [SHA], count: 1 } }),
  );
  expect(context.github.current(SHA)?.conclusion).toBe("failure");
  const record = await context.store.scopes.find(repository.id, "pull_request:7", SHA);
  expect(record).toMatchObject({ scope: PULL, done: true, active: true });
});
