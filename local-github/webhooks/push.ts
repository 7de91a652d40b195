/**
 * The `push` webhook: which commits it lists, which of them are new to the repository, and which paths they change.
 */
import type { Commit } from "../git/commit.ts";
import { ZERO, readCommit, readCommits } from "../git/commit.ts";
import type { ChangedPaths, RefUpdate, Refs } from "../git/history.ts";
import { changedPaths, commitsBetween, isAncestor } from "../git/history.ts";
import { renderAccount } from "../render/account.ts";
import { renderRepository } from "../render/repository.ts";
import { htmlUrl } from "../render/url.ts";
import { send } from "./send.ts";
import type { Account } from "../site/account.ts";
import type { Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";
import type { Site } from "../site/site.ts";

/** GitHub says how many commits the payload lists at most. That the newest are kept is an assumption. */
const MAX_COMMITS = 2048;

function pushCommit(
  site: Site,
  repository: Repository,
  commit: Commit,
  distinct: boolean,
  paths?: ChangedPaths,
) {
  const person = ({ name, email, date }: Commit["author"]) => {
    const account = site.accounts.values().find((one) => one.email === email);
    return { name, email, date, ...(account === undefined ? {} : { username: account.login }) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct,
    message: commit.message,
    timestamp: commit.committer.date,
    url: htmlUrl(site, repository, `/commit/${commit.sha}`),
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths?.added ?? [],
    removed: paths?.removed ?? [],
    modified: paths?.modified ?? [],
  };
}

/** For a new ref: another ref that already points to the same object. */
function baseRefOf(update: RefUpdate, tip: string, known: Refs): string | null {
  if (update.before !== ZERO) return null;
  for (const [ref, oid] of known) if (oid === tip && ref !== update.ref) return ref;
  return null;
}

/** Sends the `push` event of one ref. `known` are the refs before the push: commits they reach are not distinct. */
export async function sendPush(
  site: Site,
  repository: Repository,
  update: RefUpdate,
  known: Refs,
  pusher: Account,
): Promise<void> {
  const at = gitAt(site, repository);
  const deleted = update.after === ZERO;
  const created = update.before === ZERO;
  const tip = deleted ? null : await readCommit(repository.objects, update.after);
  let listed: string[] = [];
  let fresh = new Set<string>();
  if (tip !== null && !(created && update.ref.startsWith("refs/tags/"))) {
    const elsewhere = [...known.values()];
    const [all, distinct] = await Promise.all([
      created ? null : commitsBetween(at, [tip.sha], [update.before], { limit: MAX_COMMITS }),
      commitsBetween(at, [tip.sha], elsewhere, { limit: MAX_COMMITS }),
    ]);
    listed = (all ?? distinct).reverse();
    fresh = new Set(distinct);
  }
  const shas = tip === null ? [] : [...new Set([...listed, tip.sha])];
  const [commits, paths, forced] = await Promise.all([
    readCommits(repository.objects, shas),
    changedPaths(at, shas),
    created || deleted ? false : isAncestor(at, update.before, update.after).then((is) => !is),
  ]);
  const rendered = new Map(
    commits.map((commit) => [
      commit.sha,
      pushCommit(site, repository, commit, fresh.has(commit.sha), paths.get(commit.sha)),
    ]),
  );
  const short = (sha: string): string => sha.slice(0, 12);
  send(site, {
    event: "push",
    sender: pusher,
    repository,
    payload: {
      ref: update.ref,
      before: update.before,
      after: update.after,
      created,
      deleted,
      forced,
      base_ref: tip === null ? null : baseRefOf(update, update.after, known),
      compare: htmlUrl(site, repository, `/compare/${short(update.before)}...${short(update.after)}`),
      commits: listed.map((sha) => rendered.get(sha)),
      head_commit: tip === null ? null : (rendered.get(tip.sha) ?? null),
      pusher: { name: pusher.login, email: pusher.email },
      repository: renderPushedRepository(site, repository),
    },
  });
}

// Only in `push` are the times numbers, and the owner has `name` and `email`.
function renderPushedRepository(site: Site, repository: Repository) {
  const seconds = (text: string): number => Math.floor(Date.parse(text) / 1000);
  return {
    ...renderRepository(site, repository),
    owner: {
      name: repository.owner.login,
      email: repository.owner.email,
      ...renderAccount(site, repository.owner),
    },
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}
