import type { RecordTransaction } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { followHistory } from "./follow-history.ts";
import { enqueueNotices } from "./tell-webhook.ts";

/**
 * Changes leaks and marks every check that shows one of them as stale, in one transaction, so a crash cannot leave a check
 * that shows an old state.
 *
 * @returns the heads whose checks show one of the leaks
 */
export async function changeLeaks(
  context: JobContext,
  repositoryId: number,
  fingerprints: readonly string[],
  change: (record: RecordTransaction) => Promise<void>,
): Promise<readonly string[]> {
  return context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    await change(record);
    const leaks = await record.leaks.find(repositoryId, fingerprints);
    await enqueueNotices(context, record, [...leaks.values()], context.now().toISOString());
    const heads = new Set<string>();
    for (const fingerprint of fingerprints)
      for (const head of await record.scopes.headsShowing(repositoryId, fingerprint)) heads.add(head);

    await record.checks.touch(repositoryId, [...heads], context.now());
    await record.enqueue(await followHistory(record, [repositoryId], context.now()));
    return [...heads];
  });
}
