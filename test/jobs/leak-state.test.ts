import { expect, test } from "vitest";
import type { Finding, Scope } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import type { LeakChange } from "../../src/jobs/leak-state.ts";
import type { CurrentRepository } from "../../src/domain/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { atHead, madeFinding } from "../support/reported.ts";
import { noted, read } from "../support/scopes.ts";

const ATTESTED: LeakChange = { from: "open", to: "rolled", actor: "ann", how: "attested" };

function commit(number: number): string {
  return number.toString(16).padStart(40, "0");
}

function push(branch: string, number: number, before = "b".repeat(40)): Scope {
  return { kind: "push", ref: `refs/heads/${branch}`, before, after: commit(number) };
}

/** Reads scopes that hold the keys, and puts the leaks on record. */
async function leaked(
  context: FakeContext,
  repository: CurrentRepository,
  found: Finding | readonly Finding[],
  scopes: readonly Scope[],
  reportRepositoryId = repository.id,
): Promise<void> {
  const keys = [found].flat();
  for (const scope of scopes) {
    await noted(context.record, repository, scope);
    await read(context.record, repository, scope, keys.map(atHead));
  }
  const leaks = keys.map((key) => ({ leak: key, reportRepositoryId, locations: [key] }));
  await context.record.leaks.add(repository.id, leaks, context.clock);
}

async function staleHeads(context: FakeContext, repositoryId: number): Promise<ReadonlyMap<string, number>> {
  const stale = await context.record.checks.stale(new Date(8.64e15), 999, repositoryId);
  return new Map(stale.map(({ head, wanted }) => [head, wanted]));
}

/** Heads whose publication was requested since, in the order of their jobs. */
function published(context: FakeContext): readonly string[] {
  return context.queue.all().flatMap(({ job }) => (job.kind === "publish" ? [job.head] : []));
}

test("a leak changes in every repository that shares its issue, and nowhere else", async () => {
  const context = aContext();
  const [shop, site, other] = [aRepository(), aRepository(), aRepository()];
  const key = madeFinding();
  await leaked(context, site, key, [push("main", 2)], 900);
  await leaked(context, shop, key, [push("main", 1)], 900);
  await leaked(context, other, key, [push("main", 3)]);
  const leak = { reportRepositoryId: 900, fingerprint: key.fingerprint };
  expect(await changeLeakState(context, leak, ATTESTED)).toBe(true);
  expect(await context.record.leaks.sharing(900, key.fingerprint)).toMatchObject([
    { repositoryId: shop.id, state: "rolled", stateActor: "ann", stateHow: "attested" },
    { repositoryId: site.id, state: "rolled", stateActor: "ann", stateHow: "attested" },
  ]);
  expect(await context.record.leaks.all(other.id)).toMatchObject([{ state: "open" }]);
  expect(await context.record.leaks.events(site.id, key.fingerprint)).toMatchObject([
    { how: "found" },
    { from: "open", to: "rolled", actor: "ann", how: "attested" },
  ]);
});

test("a leak that is not in the expected state does not change", async () => {
  const [context, repository, key] = [aContext(), aRepository(), madeFinding()];
  await leaked(context, repository, key, [push("main", 1)]);
  const leak = { reportRepositoryId: repository.id, fingerprint: key.fingerprint };
  expect(await changeLeakState(context, leak, ATTESTED)).toBe(true);
  expect(await changeLeakState(context, leak, ATTESTED)).toBe(false);
  expect(await context.record.leaks.events(repository.id, key.fingerprint)).toHaveLength(2);
  expect(await changeLeakState(context, { ...leak, fingerprint: "unknown" }, ATTESTED)).toBe(false);
});

test("pull requests are published first, then the default branch; a commit that nothing points at is left", async () => {
  const [context, repository, key] = [aContext(), aRepository(), madeFinding()];
  const scopes: Scope[] = [
    push("feature", 1),
    push("feature", 2, commit(1)),
    push("main", 3),
    { kind: "pull_request", number: 7, base: "b".repeat(40), head: commit(4) },
  ];
  await leaked(context, repository, key, scopes);
  const before = await staleHeads(context, repository.id);
  const done = context.queue.all().length;
  await changeLeakState(
    context,
    { reportRepositoryId: repository.id, fingerprint: key.fingerprint },
    ATTESTED,
  );
  expect(published(context).slice(-3)).toEqual([commit(4), commit(3), commit(2)]);
  expect(context.queue.all().length - done).toBe(3);
  const after = await staleHeads(context, repository.id);
  expect(after.get(commit(1))).toBe(before.get(commit(1)));
  expect(after.get(commit(4))).toBe((before.get(commit(4)) ?? 0) + 1);
});

test("50 checks are published at once, and no more than 450 in each hour after", async () => {
  const [context, repository, keys] = [aContext(), aRepository(), [madeFinding(), madeFinding()]];
  const scopes = Array.from({ length: 60 }, (_, index) => push(`b${index}`, index + 1));
  await leaked(context, repository, keys, scopes);
  const start = context.clock.getTime();
  for (const [index, { fingerprint }] of keys.entries()) {
    context.clock = new Date(start + index);
    await changeLeakState(context, { reportRepositoryId: repository.id, fingerprint }, ATTESTED);
  }
  const later = context.queue.all().flatMap(({ stored: { runAfter } }) => runAfter ?? []);
  const waits = later.map((time) => Math.round((time.getTime() - start) / 1000));
  expect(waits).toEqual(Array.from({ length: 20 }, (_, index) => 8 * (index + 1)));
});
