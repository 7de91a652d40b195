import { describe, expect, expectTypeOf, test, vi } from "vitest";
import type { Notice } from "../../src/domain/index.ts";
import type { GitHub } from "../../src/github/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import type { Job } from "../../src/jobs/index.ts";
import { loadRepository } from "../../src/jobs/load-repository.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice, NOON, PULL } from "../support/notices.ts";
import { commitAnswer, SHA } from "../support/rest-answers.ts";

/** A push and a pull request that were accepted while the repository was under installation 5. */
async function accepted() {
  const [context, repository] = [aContext(), aRepository()];
  context.github.commits.set(SHA, commitAnswer([]));
  const pull: Notice = aNotice(repository, { scope: PULL, trust: { kind: "author", login: "ann" } });
  await context.accept([aNotice(repository), pull]);
  const [scope] = await context.record.scopes.atHead(repository.id, SHA);
  if (scope === undefined) throw new Error("The push is not on record.");
  return { context, repository, scope, opened: vi.spyOn(context.github, "installation") };
}

/** Each kind of job, stored for installation 5. */
async function jobsOf(context: FakeContext, id: number, scopeId: string): Promise<readonly Job[]> {
  await context.record.repositories.setBaselineAt(id, context.clock);
  const of = { repositoryId: id, installationId: 5 };
  return [
    { kind: "publish", ...of, head: SHA },
    { kind: "scan", ...of, scopeId, generation: 1 },
    { kind: "report", ...of, scopeId },
    { kind: "welcome", ...of },
    { kind: "accept_unread", ...of, head: SHA, login: "ann" },
    { kind: "compare_refs", ...of },
  ];
}

describe("a job stored for one installation", () => {
  test("acts for the one that the repository is under now", async () => {
    const { context, repository, scope, opened } = await accepted();
    await context.record.repositories.note(aRepository({ ...repository, installationId: 6 }));
    context.github.installationId = 6;
    for (const job of await jobsOf(context, repository.id, scope.id)) await runJob(context, job);
    await context.settle();
    expect(context.github.current(SHA)?.conclusion).toBe("success");
    expect(new Set(opened.mock.calls.flat())).toEqual(new Set([6]));
  });

  test("asks nothing of GitHub once the repository is under none", async () => {
    const { context, repository, scope, opened } = await accepted();
    await context.record.repositories.remove(5, null);
    for (const job of await jobsOf(context, repository.id, scope.id)) await runJob(context, job);
    expect(opened).not.toHaveBeenCalled();
    expect(context.github.requests).toEqual([]);
  });

  test("does not take back a move that came while it asked GitHub about the repository", async () => {
    const { context, repository, opened } = await accepted();
    const moved = aRepository({ ...repository, installationId: 6 });
    context.github.installationId = 6;
    await context.record.repositories.setState(repository.id, "active", true);
    context.github.hold = async () => {
      context.github.hold = async () => {};
      await context.record.repositories.note(moved);
    };
    expect((await loadRepository(context, repository.id))?.installationId).toBe(6);
    expect(opened.mock.calls.flat()).toEqual([5, 6]);
  });

  test("is not moved back by a late delivery of a former installation", async () => {
    const { context, repository, opened } = await accepted();
    await context.record.repositories.note({ ...repository, installationId: 4 });
    expect((await loadRepository(context, repository.id))?.installationId).toBe(5);
    expect(new Set(opened.mock.calls.flat())).toEqual(new Set([5]));
    expect(context.github.asked("GET /repos/acme/shop/installation")).toHaveLength(1);
    await loadRepository(context, repository.id);
    expect(context.github.asked("GET /repos/acme/shop/installation")).toHaveLength(1);
  });

  test("is not moved back by a former installation's own delivery that comes late", async () => {
    const { context, repository } = await accepted();
    const notice = {
      kind: "installed",
      repositories: [{ ...repository, installationId: 4 }],
      since: NOON,
    } as const;
    await context.accept([notice]);
    expect((await loadRepository(context, repository.id))?.installationId).toBe(5);
  });

  test("asks nothing where the app is gone, whatever comes late", async () => {
    const { context, repository, opened } = await accepted();
    await context.record.repositories.remove(5, null);
    context.github.installationId = null;
    await context.accept([aNotice(repository, { asOf: new Date(NOON.getTime() + 1000) })]);
    expect(await loadRepository(context, repository.id)).toBeNull();
    expect(opened).not.toHaveBeenCalled();
    expect(await context.record.repositories.find(repository.id)).toMatchObject({ state: "removed" });
  });

  test("cannot open a client by the number it was stored with", () => {
    type Opens = Parameters<GitHub["installation"]>[0];
    expectTypeOf<Extract<Job, { kind: "scan" }>["installationId"]>().not.toExtend<Opens>();
    expectTypeOf<Notice extends infer One ? Extract<One, { kind: "scope" }> : never>()
      .toHaveProperty("repository")
      .toHaveProperty("installationId")
      .not.toExtend<Opens>();
  });
});
