import { ZERO, readCommit } from "../git/commit.ts";
import type { RefUpdate } from "../git/history.ts";
import { renderRunForWebhook, renderSuiteForWebhook } from "../render/check.ts";
import { send } from "../webhooks/send.ts";
import type { Account } from "../site/account.ts";
import type { CheckRun, CheckSuite } from "../site/check.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

/** The app's suite on a commit; creates it if there is none. */
export function suiteOn(
  site: Site,
  repository: Repository,
  sha: string,
  branch: string | null,
  before: string | null = null,
): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.headSha === sha);
  if (known !== undefined) return known;
  const now = site.now();
  const suite = {
    id: site.nextId(),
    headSha: sha,
    headBranch: branch,
    before,
    createdAt: now,
    updatedAt: now,
  };
  repository.checkSuites.push(suite);
  return suite;
}

/** After a push GitHub creates a suite for the last commit, unless it has the trailer `skip-checks: true`. */
export async function requestSuite(
  site: Site,
  repository: Repository,
  update: RefUpdate,
  pusher: Account,
): Promise<void> {
  const commit = await readCommit(repository.objects, update.after);
  if (commit === null || /^skip-checks: *true$/im.test(commit.message.split("\n\n").slice(1).at(-1) ?? ""))
    return;
  if (repository.checkSuites.some((suite) => suite.headSha === commit.sha)) return;
  const branch = update.ref.slice("refs/heads/".length);
  const suite = suiteOn(site, repository, commit.sha, branch, update.before === ZERO ? null : update.before);
  await sendSuite(site, repository, suite, "requested", pusher);
}

export async function sendSuite(
  site: Site,
  repository: Repository,
  suite: CheckSuite,
  action: "requested" | "rerequested" | "completed",
  sender: Account,
): Promise<void> {
  const head = await readCommit(repository.objects, suite.headSha);
  if (head === null) return;
  send(site, {
    event: "check_suite",
    repository,
    sender,
    payload: { action, check_suite: renderSuiteForWebhook(site, repository, suite, head) },
  });
}

export function sendRun(
  site: Site,
  repository: Repository,
  run: CheckRun,
  action: "created" | "completed" | "rerequested" | "requested_action",
  sender: Account,
  more: { readonly requested_action?: { readonly identifier: string } } = {},
): void {
  send(site, {
    event: "check_run",
    repository,
    sender,
    payload: { action, check_run: renderRunForWebhook(site, repository, run), ...more },
  });
}
