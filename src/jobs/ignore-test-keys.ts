import type { CurrentRepository } from "../domain/index.ts";
import { clickButton, dismissRole } from "./clicked-button.ts";
import type { JobContext } from "./context.ts";
import { judgeResults } from "./decide-check.ts";
import { headStateOf } from "./head-verdict.ts";
import { publishJob } from "./job.ts";
import type { IgnoreTestKeysJob } from "./job.ts";

/** Checks that are published again at once; the sweep does the others. */
const MAX_CHECKS_AT_ONCE = 20;

/**
 * Dismisses the test keys of a commit in every check of the repository, because a person with `dismiss_role` clicked
 * "Ignore test keys". They are recorded with the person's name and listed in each check. It never dismisses a live key.
 */
export async function ignoreTestKeys(context: JobContext, job: IgnoreTestKeysJob): Promise<void> {
  const role = dismissRole.bind(null, context);
  await clickButton(context, "ignore_test_keys", job, role, async (repository) => {
    const keys = await countingTestKeys(context, repository, job.head);
    await ignore(context, job, keys);
    return keys.length > 0 ? "done" : "nothing";
  });
}

/** Fingerprints of the test keys that the check counts now. */
async function countingTestKeys(
  context: JobContext,
  repository: CurrentRepository,
  head: string,
): Promise<readonly string[]> {
  const scopes = await context.record.scopes.atHead(repository.id, head);
  const { results } = headStateOf(scopes, new Set());
  const { verdict } = await judgeResults(context, repository, results, scopes);
  const counting = verdict.judged.filter(
    ({ disposition, finding }) => disposition === "leak" && finding.mode === "test",
  );
  return [...new Set(counting.map(({ finding }) => finding.fingerprint))];
}

async function ignore(
  context: JobContext,
  job: IgnoreTestKeysJob,
  fingerprints: readonly string[],
): Promise<void> {
  const { repositoryId, login } = job;
  const at = context.now();
  await context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    await record.ignoredKeys.put(
      repositoryId,
      fingerprints.map((fingerprint) => ({ fingerprint, login, at })),
    );
    const heads = new Set<string>();
    for (const fingerprint of fingerprints)
      for (const head of await record.scopes.headsShowing(repositoryId, fingerprint)) heads.add(head);

    await record.checks.touch(repositoryId, [...heads], at);
    const name = `ignored ${at.toISOString()}`;
    const prompt = [...heads].slice(0, MAX_CHECKS_AT_ONCE);
    await record.enqueue(prompt.map((head) => publishJob(job, head, name, "trusted")));
  });
}
