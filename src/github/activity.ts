import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/** One change of a ref. */
export interface RefActivity {
  /** Full name, such as `refs/heads/main`. A stranger may have chosen it: never show it unredacted. */
  readonly ref: string;
  /** Zeros where the ref was new. */
  readonly before: string;
  /** Zeros where the ref was deleted. */
  readonly after: string;
  readonly at: Date;
}

const activitySchema = z.object({
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
});

/** Changes on one page. */
const MAX_PAGE = 100;
/** Pages that one call reads: 10,000 changes. */
const MAX_PAGES = 100;

/**
 * GitHub's log of changes to the refs of a repository, newest first, over all pages. GitHub keeps a year of it:
 * https://docs.github.com/en/rest/repos/repos#list-repository-activities
 *
 * @param since older changes are left out
 * @throws GitHubError
 */
export async function listActivity(
  octokit: GitHubClient,
  repository: RepositoryName,
  since: Date,
): Promise<RefActivity[]> {
  const doing = "list the activity of the repository";
  return await ask(doing, async () => {
    const found: RefActivity[] = [];
    const pages = octokit.paginate.iterator(octokit.rest.repos.listActivities, {
      ...addressOf(repository),
      direction: "desc",
      per_page: MAX_PAGE,
    });
    let count = 0;
    for await (const page of pages) {
      const activities = check(doing, z.array(activitySchema), page.data);
      const recent = activities.filter((each) => Date.parse(each.timestamp) >= since.getTime());
      found.push(...recent.map((each) => activityOf(each)));
      count += 1;
      if (recent.length < activities.length || count >= MAX_PAGES) break;
    }
    return found;
  });
}

function activityOf(each: z.infer<typeof activitySchema>): RefActivity {
  const { ref, before, after, timestamp } = each;
  return { ref, before, after, at: new Date(timestamp) };
}
