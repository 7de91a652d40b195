import type { GitHubLimit } from "./measures.ts";

/** How many limits are remembered of one resource. Each ends within an hour, at its own second. */
const MAX_WINDOWS = 4000;

/**
 * The tightest of GitHub's rate limits by resource. Each installation has limits of its own, and an answer does not name
 * the installation. But each limit is renewed at a second of its own, which tells them apart.
 */
export class RateLimits {
  readonly #known: ReadonlySet<string>;
  readonly #byResource = new Map<string, Map<number, GitHubLimit>>();

  /** @param resources GitHub's names; any other counts as `other` */
  constructor(resources: readonly string[]) {
    this.#known = new Set(resources);
  }

  note(limit: GitHubLimit): void {
    const resource = this.#known.has(limit.resource) ? limit.resource : "other";
    const windows = this.#byResource.get(resource) ?? new Map<number, GitHubLimit>();
    this.#byResource.set(resource, windows);
    const at = limit.resetAt.getTime();
    if (windows.has(at) || windows.size < MAX_WINDOWS) windows.set(at, limit);
  }

  /** The limit of each resource of which the smallest part is left. Those that were renewed since are forgotten. */
  tightest(now: Date): ReadonlyMap<string, GitHubLimit> {
    const tightest = new Map<string, GitHubLimit>();
    for (const [resource, windows] of this.#byResource) {
      for (const [at, limit] of windows) {
        if (at <= now.getTime()) windows.delete(at);
        else if (partLeft(limit) < partLeft(tightest.get(resource))) tightest.set(resource, limit);
      }
    }
    return tightest;
  }
}

function partLeft(limit: GitHubLimit | undefined): number {
  return limit === undefined ? Number.POSITIVE_INFINITY : limit.remaining / Math.max(limit.limit, 1);
}
