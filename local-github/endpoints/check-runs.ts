/**
 * Creating, updating, reading and listing check runs. Reading the request body is in `check-run-request.ts`; suites are
 * in `check-suites.ts`.
 */
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { paged, pagedUnder } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { textOf } from "../json.ts";
import { readCommit } from "../git/commit.ts";
import { sendRun, suiteOn } from "../actions/checks.ts";
import { applyRequest } from "./check-run-request.ts";
import { renderCheckRun } from "../render/check.ts";
import type { CheckRun } from "../site/check.ts";
import type { Repository } from "../site/repository.ts";

/** GitHub keeps this many runs of one name in a suite and deletes the oldest. */
const MAX_RUNS = 1000;

async function createRun(call: Call): Promise<Answer> {
  const repository = writableRepositoryOf(call);
  requireInstallation(call);
  const sha = textOf(call.body["head_sha"]) ?? "";
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await readCommit(repository.objects, sha) : null;
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const suite = suiteOn(call.site, repository, commit.sha, null);
  const run: CheckRun = {
    id: call.site.nextId(),
    name: "",
    headSha: commit.sha,
    suite,
    status: "queued",
    conclusion: null,
    detailsUrl: null,
    externalId: "",
    startedAt: call.site.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  applyRequest(call, run);
  repository.checkRuns.push(run);
  const named = repository.checkRuns.filter((one) => one.suite === suite && one.name === run.name);
  for (const old of named.slice(0, Math.max(0, named.length - MAX_RUNS)))
    repository.checkRuns.splice(repository.checkRuns.indexOf(old), 1);

  sendRun(call.site, repository, run, "created", actorOf(call));
  if (run.status === "completed") sendRun(call.site, repository, run, "completed", actorOf(call));
  return { status: 201, body: renderCheckRun(call.site, repository, run) };
}

function requireInstallation(call: Call): void {
  if (call.caller.kind !== "installation") throw new Refusal(403, "You must authenticate via a GitHub App.");
}

function runOf(call: Call, repository: Repository): CheckRun {
  const id = idParameter(call, "check_run_id");
  const run = repository.checkRuns.find((one) => one.id === id);
  if (run === undefined) throw notFound();
  return run;
}

function updateRun(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  requireInstallation(call);
  const run = runOf(call, repository);
  const was = run.status;
  const changed = { ...run, annotations: [...run.annotations] };
  applyRequest(call, changed);
  Object.assign(run, changed);
  run.suite.updatedAt = call.site.now();
  if (run.status === "completed" && was !== "completed")
    sendRun(call.site, repository, run, "completed", actorOf(call));

  return { status: 200, body: renderCheckRun(call.site, repository, run) };
}

function getRun(call: Call): Answer {
  const repository = repositoryOf(call);
  return { status: 200, body: renderCheckRun(call.site, repository, runOf(call, repository)) };
}

function listAnnotations(call: Call): Answer {
  const repository = repositoryOf(call);
  const run = runOf(call, repository);
  const blob = `${call.site.origin}/${repository.owner.login}/${repository.name}/blob/${run.headSha}/`;
  return paged(call, run.annotations, (annotation) => ({ ...annotation, blob_href: blob + annotation.path }));
}

/** Runs in lists: newest first, and only the newest of each name unless `filter=all`. */
function listed(call: Call, runs: readonly CheckRun[]): CheckRun[] {
  const name = call.query.get("check_name");
  const status = call.query.get("status");
  const app = call.query.get("app_id");
  const newest = [...runs].reverse();
  const seen = new Set<string>();
  return newest.filter((run) => {
    if (name !== null && run.name !== name) return false;
    if (status !== null && run.status !== status) return false;
    if (app !== null && Number(app) !== call.site.app.id) return false;
    const first = !seen.has(run.name);
    seen.add(run.name);
    return first || call.query.get("filter") === "all";
  });
}

async function listForRef(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const commit = await readCommit(repository.objects, parameter(call, "ref"));
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${parameter(call, "ref")}`);
  const runs = repository.checkRuns.filter((run) => run.headSha === commit.sha);
  return pagedUnder(call, "check_runs", listed(call, runs), (run) =>
    renderCheckRun(call.site, repository, run),
  );
}

function listForSuite(call: Call): Answer {
  const repository = repositoryOf(call);
  const id = idParameter(call, "check_suite_id");
  if (!repository.checkSuites.some((suite) => suite.id === id)) throw notFound();
  const runs = repository.checkRuns.filter((run) => run.suite.id === id);
  return pagedUnder(call, "check_runs", listed(call, runs), (run) =>
    renderCheckRun(call.site, repository, run),
  );
}

export const checkRunEndpoints: readonly Endpoint[] = [
  { route: "POST /repos/{owner}/{repo}/check-runs", permission: ["checks", "write"], answer: createRun },
  {
    route: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
    permission: ["checks", "read"],
    answer: getRun,
  },
  {
    route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    permission: ["checks", "write"],
    answer: updateRun,
  },
  {
    route: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    permission: ["checks", "read"],
    answer: listAnnotations,
  },
  {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    permission: ["checks", "read"],
    answer: listForRef,
  },
  {
    route: "GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
    permission: ["checks", "read"],
    answer: listForSuite,
  },
];
