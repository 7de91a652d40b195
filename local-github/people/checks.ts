import { sendRun, sendSuite } from "../actions/checks.ts";
import type { CheckRun } from "../site/check.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { requiredAccount } from "../site/site.ts";

/** "Re-run" next to one check. */
export function rerequestRun(site: Site, repository: Repository, run: CheckRun, by: string): void {
  sendRun(site, repository, run, "rerequested", requiredAccount(site, by));
}

/** "Re-run all checks" on a commit. */
export async function rerequestSuite(
  site: Site,
  repository: Repository,
  sha: string,
  by: string,
): Promise<void> {
  const suite = repository.checkSuites.find((one) => one.headSha === sha);
  if (suite === undefined) throw new Error(`No check suite on ${sha}.`);
  await sendSuite(site, repository, suite, "rerequested", requiredAccount(site, by));
}

/** Presses one of the buttons that a check run shows. */
export function pressAction(
  site: Site,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  by: string,
): void {
  if (!run.actions.some((action) => action.identifier === identifier))
    throw new Error(`Check run ${run.id} shows no button ${identifier}.`);

  sendRun(site, repository, run, "requested_action", requiredAccount(site, by), {
    requested_action: { identifier },
  });
}
