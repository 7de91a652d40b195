import type { RefUpdate } from "../git/history.ts";
import type { Account, Repository, Site } from "../site.ts";

/** What a push means for the pull requests of the repository and of those it was forked from. */
export function followPush(
  _site: Site,
  _repository: Repository,
  _update: RefUpdate,
  _pusher: Account,
): Promise<void> {
  return Promise.resolve();
}
