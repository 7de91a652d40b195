/**
 * Decides what the check run of a commit shows: the verdict of policy on the record, together with facts that only the
 * record has, such as accepted gaps and issues that could not be opened. It writes nothing.
 */
import { subjectOfGap } from "../domain/index.ts";
import type { CurrentRepository, ScopeRecord, UnopenedArchive } from "../domain/index.ts";
import { judge, loosenings } from "../policy/index.ts";
import type { Configuration, LeftToHistory, ScopeResult, Verdict } from "../policy/index.ts";
import { inProgressCheckRun, renderCheckRun, scanFailedCheckRun } from "../report/index.ts";
import type { CheckRunReport, InProgressReport } from "../report/index.ts";
import type { AcceptedGap, IgnoredKey, Leak } from "../store/index.ts";
import type { JudgedFrom } from "./configuration.ts";
import type { JobContext } from "./context.ts";
import { acceptableGaps, countingScopes, headStateOf } from "./head-verdict.ts";
import { stateOf } from "./judged-leak.ts";
import { leftToHistory } from "./left-to-history.ts";

/** `wait`: there is no final verdict yet. */
export type CheckDecision =
  | { readonly kind: "wait"; readonly report: InProgressReport }
  | { readonly kind: "show"; readonly report: CheckRunReport };

/**
 * Decides by the record, the configuration and the leaks as they are now. While a scope is unread, only a failure is
 * shown.
 */
export async function decideCheck(
  context: JobContext,
  repository: CurrentRepository,
  head: string,
): Promise<CheckDecision> {
  const scopes = await context.record.scopes.atHead(repository.id, head);
  const subjects = scopes.flatMap(({ coverage }) => coverage.gaps.flatMap((gap) => subjectOfGap(gap) ?? []));
  const accepted: ReadonlyMap<string, AcceptedGap> =
    subjects.length === 0 ? new Map() : await context.record.acceptedGaps.find(repository.id, subjects);
  const state = headStateOf(scopes, new Set(accepted.keys()));
  const waiting: CheckDecision = {
    kind: "wait",
    report: inProgressCheckRun({ commits: countOf(state.unread) }),
  };
  if (state.results.length === 0) return waiting;
  const isRead = state.unread.length === 0;
  const left = isRead ? await leftToHistory(context, repository, head, countingScopes(scopes)) : null;
  const { verdict, leaks, ignored } = await judgeResults(context, repository, state.results, scopes, left);
  if (!isRead && verdict.conclusion !== "failure") return waiting;
  if (state.failure !== null) {
    const { mode } = verdict.configuration;
    return { kind: "show", report: scanFailedCheckRun({ problem: state.failure, mode }) };
  }
  const fullName = `${repository.owner}/${repository.name}`;
  const report = renderCheckRun({
    verdict,
    head,
    repository: { fullName, url: `${context.githubUrl}/${fullName}`, private: repository.private },
    notes: {
      acceptedGaps: state.accepted.map((gap) => ({
        gap,
        login: accepted.get(subjectOfGap(gap) ?? "")?.login ?? "",
      })),
      unopenedIssues: problemsOf(verdict, leaks, "none"),
      placeProblems: problemsOf(verdict, leaks, "opened"),
      issuesElsewhere: isElsewhere(verdict, leaks, repository.id)
        ? { ask: verdict.configuration.issues.assign }
        : null,
      unopenedArchives: unopenedOf(state.results, repository.private ? null : head),
      loosenedRules: await loosenedRules(context, repository, verdict.configuration, scopes),
      unreadHistory: await hasUnreadHistory(context, repository.id),
      canAcceptUnread: acceptableGaps(scopes).some((subject) => !accepted.has(subject)),
      // On a public repository nothing may tell whether a key works.
      activities: repository.private
        ? await context.record.activities.find(repository.id, [...leaks.keys()])
        : new Map(),
      ignoredKeys: ignoredOf(verdict, ignored),
      buttons: await context.record.buttons.at(repository.id, head),
    },
  });
  return { kind: "show", report };
}

/** Archives that could not be opened, each once; on a public repository those of the pushed commit itself. */
function unopenedOf(results: readonly ScopeResult[], only: string | null): readonly UnopenedArchive[] {
  const all = results.flatMap(({ coverage }) => coverage.unopened ?? []);
  const shown = all.filter(({ commit }) => only === null || commit === only);
  return [...new Map(shown.map((each) => [`${each.commit} ${each.path}`, each])).values()];
}

/** The verdict on some scopes, under the configuration and the leaks as they are now. */
export async function judgeResults(
  context: JobContext,
  repository: CurrentRepository,
  results: readonly ScopeResult[],
  scopes: readonly ScopeRecord[],
  left: LeftToHistory | null = null,
): Promise<{
  readonly verdict: Verdict;
  readonly leaks: ReadonlyMap<string, Leak>;
  readonly ignored: ReadonlyMap<string, IgnoredKey>;
}> {
  const { configuration, problems } = await context.configuration.read(repository, judgedFrom(scopes));
  const fingerprints = results.flatMap(({ findings }) => findings.map(({ finding }) => finding.fingerprint));
  const leaks = await context.record.leaks.find(repository.id, [...new Set(fingerprints)]);
  const ignored = await context.record.ignoredKeys.find(repository.id, [...new Set(fingerprints)]);
  const verdict = judge({
    scopes: results,
    leaks: new Map([...leaks].map(([fingerprint, leak]) => [fingerprint, stateOf(leak)])),
    ignoredKeys: new Map([...ignored].map(([fingerprint, { login }]) => [fingerprint, login])),
    configuration,
    configurationProblems: problems,
    leftToHistory: left,
    now: context.now(),
  });
  return { verdict, leaks, ignored };
}

/** Rules that the commit loosens once it is on the default branch. Asked only of a push that changes the file. */
async function loosenedRules(
  context: JobContext,
  repository: CurrentRepository,
  current: Configuration,
  scopes: readonly ScopeRecord[],
): Promise<readonly string[]> {
  const change = scopes.find(({ facts }) => facts.changesConfiguration);
  if (change === undefined) return [];
  const { configuration } = await context.configuration.read(repository, {
    kind: "commit",
    commit: change.head,
  });
  return loosenings(current, configuration);
}

/**
 * The commit from before the judged push to the default branch: a push cannot change the configuration it is judged by.
 */
export function judgedFrom(scopes: readonly ScopeRecord[]): JudgedFrom {
  const pushes = scopes.filter(({ defaultBranch }) => defaultBranch);
  const [first] = pushes.toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime());
  if (first?.scope.kind !== "push") return { kind: "now" };
  const { before } = first.scope;
  return before === null ? { kind: "nothing" } : { kind: "commit", commit: before };
}

/** How many commits the scopes have according to their deliveries; null if one does not say. */
function countOf(unread: readonly ScopeRecord[]): number | null {
  const counts = unread.map(({ facts: { commitCount } }) => commitCount);
  if (counts.length !== 1) return null;
  const [count = null] = counts;
  return count === null || count === 0 || count >= MAX_LISTED_COMMITS ? null : count;
}

/** GitHub lists at most this many commits of a push: with so many, there may be more. */
const MAX_LISTED_COMMITS = 2048;

/** Why issues could not be opened, or are in another place than they should be; each reason once. */
function problemsOf(
  verdict: Verdict,
  leaks: ReadonlyMap<string, Leak>,
  which: "none" | "opened",
): readonly string[] {
  const open = verdict.judged.filter(
    ({ disposition, issue }) => disposition === "leak" && (issue === null) === (which === "none"),
  );
  return [...new Set(open.flatMap(({ finding }) => leaks.get(finding.fingerprint)?.reportProblem ?? []))];
}

/** The test keys of the commit that a person told the checks to ignore. */
function ignoredOf(
  verdict: Verdict,
  ignored: ReadonlyMap<string, IgnoredKey>,
): { readonly redacted: string; readonly login: string }[] {
  const keys = new Map<string, { readonly redacted: string; readonly login: string }>();
  for (const { finding, disposition } of verdict.judged) {
    const known = finding.mode === "test" ? ignored.get(finding.fingerprint) : undefined;
    if (known === undefined || disposition !== "dismissed") continue;
    keys.set(finding.fingerprint, { redacted: finding.redacted, login: known.login });
  }
  return [...keys.values()];
}

/** Whether an open leak of the verdict has its issue in another repository. */
function isElsewhere(verdict: Verdict, leaks: ReadonlyMap<string, Leak>, repositoryId: number): boolean {
  return verdict.judged.some(({ disposition, finding }) => {
    const leak = leaks.get(finding.fingerprint);
    return disposition === "leak" && leak?.issueNumber != null && leak.reportRepositoryId !== repositoryId;
  });
}

async function hasUnreadHistory({ record }: JobContext, repositoryId: number): Promise<boolean> {
  const repository = await record.repositories.find(repositoryId);
  return repository?.historyReadAt === null && (await record.tips.hasBaseline(repositoryId));
}
