import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { paged, pagedUnder } from "../http/paging.ts";
import { Refusal, invalid, notFound } from "../http/refusal.ts";
import { isObject, numberOf, objectsOf, textOf } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { readCommit } from "../git/commit.ts";
import { sendRun, suiteOn } from "../actions/checks.ts";
import { readAnnotations } from "./annotations.ts";
import type { CheckRun, Repository } from "../site.ts";
import { renderCheckRun } from "../render/check.ts";

/** A summary and a text hold so many characters. */
const MOST_TEXT = 65_535;
const MOST_ACTIONS = 3;
/** Runs of one name in a suite; the oldest go. */
const MOST_RUNS = 1000;

/** Takes over from a request what a run's creation and its update have in common. */
function apply(call: Call, run: CheckRun): void {
  const { body } = call;
  run.name = textOf(body["name"]) ?? run.name;
  run.detailsUrl = textOf(body["details_url"]) ?? run.detailsUrl;
  run.externalId = textOf(body["external_id"]) ?? run.externalId;
  run.startedAt = textOf(body["started_at"]) ?? run.startedAt;
  applyState(call, run);
  const { output } = body;
  if (isObject(output)) applyOutput(output, run);
  if (body["actions"] !== undefined) run.actions = readActions(body);
}

function applyState(call: Call, run: CheckRun): void {
  const conclusion = textOf(call.body["conclusion"]);
  const status = textOf(call.body["status"]);
  if (status === "completed" && conclusion === null && run.conclusion === null) {
    throw invalid("conclusion is required when status is completed", "conclusion");
  }
  if (conclusion !== null) {
    run.status = "completed";
    run.conclusion = conclusion;
    run.completedAt = textOf(call.body["completed_at"]) ?? call.site.now();
  } else if (status !== null) {
    run.status = status;
    if (status !== "completed") {
      run.conclusion = null;
      run.completedAt = null;
    }
  }
}

function applyOutput(output: JsonObject, run: CheckRun): void {
  const read = (name: "summary" | "text", before: string | null): string | null => {
    const value = textOf(output[name]);
    if (value !== null && value.length > MOST_TEXT) {
      throw invalid(`${name} exceeds a maximum of ${MOST_TEXT} characters`, name);
    }
    return value ?? before;
  };
  const annotations = readAnnotations(output["annotations"]);
  run.title = textOf(output["title"]) ?? run.title;
  run.summary = read("summary", run.summary);
  run.text = read("text", run.text);
  run.annotations.push(...annotations);
}

function readActions(body: JsonObject) {
  const actions = objectsOf(body["actions"]).map((action) => ({
    label: textOf(action["label"]) ?? "",
    description: textOf(action["description"]) ?? "",
    identifier: textOf(action["identifier"]) ?? "",
  }));
  if (actions.length > MOST_ACTIONS) throw invalid("Only up to 3 actions are allowed", "actions");
  for (const action of actions) {
    if (action.label.length > 20) throw invalid("label is too long (maximum is 20 characters)", "label");
    if (action.description.length > 40)
      throw invalid("description is too long (maximum is 40 characters)", "description");
    if (action.identifier.length > 20)
      throw invalid("identifier is too long (maximum is 20 characters)", "identifier");
  }
  return actions;
}

async function createRun(call: Call): Promise<Answer> {
  const repository = writableRepositoryOf(call);
  requireApp(call);
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
  apply(call, run);
  repository.checkRuns.push(run);
  const named = repository.checkRuns.filter((one) => one.suite === suite && one.name === run.name);
  for (const old of named.slice(0, Math.max(0, named.length - MOST_RUNS))) {
    repository.checkRuns.splice(repository.checkRuns.indexOf(old), 1);
  }
  sendRun(call.site, repository, run, "created", actorOf(call));
  if (run.status === "completed") sendRun(call.site, repository, run, "completed", actorOf(call));
  return { status: 201, body: renderCheckRun(call.site, repository, run) };
}

function requireApp(call: Call): void {
  if (call.caller.kind !== "installation") {
    throw new Refusal(403, "You must authenticate via a GitHub App.");
  }
}

function runOf(call: Call, repository: Repository): CheckRun {
  const id = idParameter(call, "check_run_id");
  const run = repository.checkRuns.find((one) => one.id === id);
  if (run === undefined) throw notFound();
  return run;
}

function updateRun(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  requireApp(call);
  const run = runOf(call, repository);
  const was = run.status;
  const changed = { ...run, annotations: [...run.annotations] };
  apply(call, changed);
  Object.assign(run, changed);
  run.suite.updatedAt = call.site.now();
  if (run.status === "completed" && was !== "completed") {
    sendRun(call.site, repository, run, "completed", actorOf(call));
  }
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

/** Runs as a list shows them: the newest first, and of each name only the newest unless `filter=all`. */
function chosen(call: Call, runs: readonly CheckRun[]): CheckRun[] {
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
  return pagedUnder(call, "check_runs", chosen(call, runs), (run) =>
    renderCheckRun(call.site, repository, run),
  );
}

function listForSuite(call: Call): Answer {
  const repository = repositoryOf(call);
  const id = numberOf(idParameter(call, "check_suite_id"));
  if (!repository.checkSuites.some((suite) => suite.id === id)) throw notFound();
  const runs = repository.checkRuns.filter((run) => run.suite.id === id);
  return pagedUnder(call, "check_runs", chosen(call, runs), (run) =>
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
