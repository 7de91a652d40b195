/**
 * What follows when a closing does not count: the issue is opened again and says why, a few times a day. After that it is
 * left closed for a while, which it says once.
 */
import type { CurrentRepository, KeyActivity } from "../domain/index.ts";
import type { Closer, Configuration, Refusal } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import { reviewIssueJob } from "./job.ts";
import { sayOnce } from "./say-once.ts";

/** How often an issue is reopened in a day: an automation that insists is not answered for ever. */
const MAX_REOPENINGS = 5;
const DAY_MS = 24 * 60 * 60_000;

/** The closing of an issue, and why it does not count. */
export interface RefusedClosing {
  readonly repository: CurrentRepository;
  readonly number: number;
  readonly because: Refusal;
  readonly closer: Closer | null;
  /** GitHub's id of the closing. */
  readonly changeId: string;
  readonly roles: Pick<Configuration, "attestRole" | "dismissRole">;
  /** What Stripe said, where that is the reason. */
  readonly activity?: KeyActivity | null;
}

/** Says why the issue is open again. Commits, pull requests and apps are answered once in an issue, people each time. */
export async function explainRefusal(context: JobContext, refused: RefusedClosing): Promise<void> {
  const { repository, number, because, closer, changeId, roles, activity = null } = refused;
  const login = closer?.kind === "person" ? closer.login : null;
  const named = { attest: roles.attestRole, dismiss: roles.dismissRole };
  const comment = { kind: "refused", because, login, roles: named, activity } as const;
  await sayOnce(context, repository, number, comment, login === null ? because : changeId);
}

/**
 * Whether the issue was reopened too often in a day. Then it says so once, stays closed, and is looked at again when the
 * day is over.
 *
 * @param reopened when it was reopened, the oldest first
 */
export async function isLeftClosed(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
  reopened: readonly Date[],
): Promise<boolean> {
  const since = context.now().getTime() - DAY_MS;
  const recent = reopened.filter((at) => at.getTime() > since);
  const [oldest] = recent.slice(-MAX_REOPENINGS);
  if (recent.length < MAX_REOPENINGS || oldest === undefined) return false;
  const until = new Date(oldest.getTime() + DAY_MS + 1);
  const comment = { kind: "left_closed", times: MAX_REOPENINGS, until } as const;
  await sayOnce(context, repository, number, comment, `left_closed:${until.toISOString()}`);
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  const job = reviewIssueJob(target, number, `limited ${until.toISOString()}`);
  await context.record.transaction((record) => record.enqueue([{ ...job, runAfter: until }]));
  return true;
}
