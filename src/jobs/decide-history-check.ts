/** Decides what the check run on the history of a repository shows, and on which commit. It writes nothing. */
import { gapOf } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { readBranchHead } from "../github/index.ts";
import { filedAs } from "../policy/index.ts";
import { hiddenHistoryCheck, renderHistoryCheck } from "../report/index.ts";
import type { CheckRunReport } from "../report/index.ts";
import type { HistoryRecord } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { MAX_SILENT_FAILURES } from "./history-setting.ts";
import { judgedHistory } from "./history-findings.ts";

export type HistoryCheckDecision =
  /** Leave what there is as it is. */
  | { readonly kind: "nothing" }
  /** Everybody can read the repository: a run that there is must say nothing. */
  | { readonly kind: "hide"; readonly report: CheckRunReport }
  | {
      readonly kind: "show";
      readonly head: string;
      readonly report: CheckRunReport;
      /** There is something to follow: a key, or something unread. */
      readonly moves: boolean;
    };

/** @throws GitHubError */
export async function decideHistoryCheck(
  context: JobContext,
  repository: CurrentRepository,
): Promise<HistoryCheckDecision> {
  const { record, githubUrl } = context;
  const history = await record.histories.find(repository.id);
  if (!repository.private) return { kind: "hide", report: hiddenHistoryCheck() };
  if (history === null || !isWorthShowing(history)) return { kind: "nothing" };
  const { keys, configuration } = await judgedHistory(context, repository);
  if (configuration.history === "off") return { kind: "nothing" };
  const octokit = await context.github.installation(repository.installationId);
  const head = await readBranchHead(octokit, repository, repository.defaultBranch);
  if (head === null) return { kind: "nothing" };
  const fullName = `${repository.owner}/${repository.name}`;
  const report = renderHistoryCheck({
    repository: { fullName, url: `${githubUrl}/${fullName}`, private: true },
    defaultBranch: repository.defaultBranch,
    keys,
    filing: filedAs(configuration),
    isTrial: configuration.mode === "observe",
    gaps: gapsOf(history),
    problem: history.readAt === null ? history.problem : null,
    readAt: history.readAt,
    activities: await record.activities.find(
      repository.id,
      keys.map(({ finding }) => finding.fingerprint),
    ),
  });
  const hasKey = keys.some(({ isLive, disposition }) => isLive || disposition !== "leak");
  const moves = hasKey || history.gaps.length > 0 || history.state !== "read";
  return { kind: "show", head, report, moves };
}

function isWorthShowing({ readAt, state, failures }: HistoryRecord): boolean {
  if (readAt !== null || state === "too_large") return true;
  return state === "failed" && failures >= MAX_SILENT_FAILURES;
}

/** One that was read and has grown too large since is not read to its end any more. */
function gapsOf({ gaps, state, problem, readAt }: HistoryRecord): HistoryRecord["gaps"] {
  return state === "too_large" && readAt !== null
    ? [...gaps, gapOf({ reason: "too_large", detail: problem ?? "" })]
    : gaps;
}
