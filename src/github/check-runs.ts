import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryAddress, RepositoryName } from "./repository-name.ts";

/**
 * Check runs as GitHub's API takes them: create, update, find again by `external_id`. It keeps to the limits of one request
 * and decides nothing: what a run says comes from `report`, when it is written from `jobs`.
 */

/** Limit of one request: https://docs.github.com/en/rest/checks/runs#update-a-check-run */
export const ANNOTATIONS_PER_REQUEST = 50;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  /** Only on a one-line annotation. */
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

export interface CheckRunOutput {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

export interface CheckRunContent {
  /** Null: still in progress. */
  readonly conclusion: "success" | "neutral" | "failure" | null;
  readonly output: CheckRunOutput;
  /** At most ANNOTATIONS_PER_REQUEST; added to those the run has. */
  readonly annotations: readonly Annotation[];
  /** Buttons for people with write access, at most three. */
  readonly actions?: readonly CheckRunAction[];
}

/** A button of a check run. Label up to 20 characters, description 40, identifier 20. */
export interface CheckRunAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

const runSchema = z.object({ id: z.int() });

/** A run of which GitHub does not say the status counts as in progress: it is written again. */
const listedRunSchema = runSchema.extend({
  external_id: z.string().nullish(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  output: z.object({ annotations_count: z.int().nullish() }).nullish(),
});

function body(content: CheckRunContent) {
  return {
    ...(content.conclusion === null
      ? { status: "in_progress" as const }
      : { status: "completed" as const, conclusion: content.conclusion }),
    output: { ...content.output, annotations: [...content.annotations] },
    ...(content.actions === undefined || content.actions.length === 0
      ? {}
      : { actions: [...content.actions] }),
  };
}

/** Creates a run and returns its id. Not idempotent: after a failure, look with findCheckRun before asking again. */
export async function createCheckRun(
  octokit: GitHubClient,
  repository: RepositoryAddress,
  run: {
    readonly name: string;
    readonly head: string;
    readonly externalId: string;
    readonly content: CheckRunContent;
  },
): Promise<number> {
  const answer = await ask("create the check run", () =>
    octokit.rest.checks.create({
      ...addressOf(repository),
      name: run.name,
      head_sha: run.head,
      external_id: run.externalId,
      ...body(run.content),
    }),
  );
  return check("create the check run", runSchema, answer.data).id;
}

/** Replaces state and output of a run, and adds annotations to it. */
export async function updateCheckRun(
  octokit: GitHubClient,
  repository: RepositoryAddress,
  runId: number,
  content: CheckRunContent,
): Promise<void> {
  const answer = await ask("update the check run", () =>
    octokit.rest.checks.update({
      ...addressOf(repository),
      check_run_id: runId,
      ...body(content),
    }),
  );
  // A page of HTML with status 200 says that nothing was updated.
  check("update the check run", runSchema, answer.data);
}

/** A run as GitHub has it. */
interface FoundCheckRun {
  readonly id: number;
  /** How many annotations it shows. */
  readonly annotations: number;
  /** Null: in progress. `other`: a conclusion that this app never gives, such as GitHub's `stale`. */
  readonly conclusion: CheckRunContent["conclusion"] | "other";
}

/** The run of this name on the commit with this `externalId`, over all pages; null if there is none. */
export async function findCheckRun(
  octokit: GitHubClient,
  repository: RepositoryName,
  { name, head, externalId }: { readonly name: string; readonly head: string; readonly externalId: string },
): Promise<FoundCheckRun | null> {
  const runs = await ask("list the check runs of the commit", () =>
    octokit.paginate(octokit.rest.checks.listForRef, {
      ...addressOf(repository),
      ref: head,
      check_name: name,
      filter: "all",
      per_page: 100,
    }),
  );
  const known = check("list the check runs of the commit", z.array(listedRunSchema), runs);
  const found = known.find((run) => run.external_id === externalId);
  if (found === undefined) return null;
  const { id, output, status, conclusion } = found;
  return {
    id,
    annotations: output?.annotations_count ?? 0,
    conclusion: status === "completed" ? conclusionOf(conclusion) : null,
  };
}

function conclusionOf(conclusion: string | null | undefined): FoundCheckRun["conclusion"] {
  return conclusion === "success" || conclusion === "neutral" || conclusion === "failure"
    ? conclusion
    : "other";
}
