import { clickButton, dismissRole } from "./clicked-button.ts";
import type { JobContext } from "./context.ts";
import { acceptableGaps } from "./head-verdict.ts";
import type { AcceptUnreadJob } from "./job.ts";

/**
 * Accepts the gaps of a commit that no re-run can close, because a person with `dismiss_role` clicked "Accept unread". They
 * are recorded with the person's name and listed in each check that meets them.
 */
export async function acceptUnread(context: JobContext, job: AcceptUnreadJob): Promise<void> {
  const { repositoryId, head, login } = job;
  const role = dismissRole.bind(null, context);
  await clickButton(context, "accept_unread", job, role, () =>
    context.record.transaction(async (record) => {
      await record.lock([repositoryId]);
      const subjects = acceptableGaps(await record.scopes.atHead(repositoryId, head));
      const at = context.now();
      await record.acceptedGaps.put(
        repositoryId,
        subjects.map((subject) => ({ subject, login, at })),
      );
      return subjects.length > 0 ? "done" : "nothing";
    }),
  );
}
