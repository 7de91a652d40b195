import { expect, test } from "vitest";
import type { Gap } from "../../src/domain/index.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import { aContext, aRepository, NOW } from "../support/job-context.ts";
import { HEAD, OLDER } from "../support/reported.ts";
import { PUSH } from "../support/scopes.ts";
import { NO_FACTS } from "../../src/domain/index.ts";

const LARGE: Gap = { reason: "too_large", commit: HEAD, path: "a.zip", detail: "" };
const MAY_PASS: Gap = { reason: "timeout", commit: HEAD, path: "b.txt", detail: "" };

/** A head that was read but for these gaps. */
async function withGaps(gaps: readonly Gap[]) {
  const [context, repository] = [aContext(), aRepository()];
  const target = { repositoryId: repository.id, installationId: 5 };
  const fields = {
    repositoryId: repository.id,
    scope: PUSH,
    defaultBranch: false,
    facts: NO_FACTS,
    asOf: NOW,
  };
  await context.record.transaction(async (within) => {
    await within.repositories.note(repository);
    const { scope } = await noteScope(within, { ...fields, trust: { kind: "writer" } }, true, NOW);
    const result = { commits: [HEAD], findings: [], coverage: { commits: 1, files: 1, gaps } };
    await finishScope(within, target, scope, result, NOW);
  });
  await publishCheck(context, repository.id, HEAD);
  context.github.roles.set("ann", "admin");
  context.github.roles.set("bob", "write");
  const press = async (login: string): Promise<void> => {
    await context.accept([{ kind: "accept_unread", repository, head: HEAD, login }]);
    await context.settle();
  };
  return { context, repository, press };
}

test("a person with the role accepts what no re-run can read, and the check says who", async () => {
  const { context, repository, press } = await withGaps([LARGE]);
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
  await press("ann");
  expect(context.github.current(HEAD)?.conclusion).toBe("success");
  expect(context.github.current(HEAD)?.summary).toContain("ann");
  expect(await context.record.acceptedGaps.find(repository.id, [`${HEAD}:a.zip`])).toHaveProperty("size", 1);
});

test.each([
  ["by a person without the role", [LARGE], "bob"],
  ["where another gap may still pass", [LARGE, MAY_PASS], "ann"],
  ["where the only gap may still pass", [MAY_PASS], "ann"],
])("accepted %s, the check stays red", async (_name, gaps, login) => {
  const { context, press } = await withGaps(gaps);
  await press(login);
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
});

test("the same content in another commit is accepted with it, where its blob is known", async () => {
  const blob = "d4".repeat(20);
  const { context, repository, press } = await withGaps([{ ...LARGE, blob }]);
  await press("ann");
  const accepted = await context.record.acceptedGaps.find(repository.id, [blob, `${OLDER}:a.zip`]);
  expect([...accepted.keys()]).toEqual([blob]);
});
