import { sendSuite, suiteOn } from "../actions/checks.ts";
import { readCommit } from "../git/commit.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { linkHeader, pageOf, slice } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { textOf } from "../json.ts";
import { renderCheckSuite } from "../render/check.ts";
import type { CheckSuite } from "../site/check.ts";
import type { Repository } from "../site/repository.ts";

async function render(call: Call, repository: Repository, suite: CheckSuite) {
  const head = await readCommit(repository.objects, suite.headSha);
  if (head === null) throw notFound();
  return renderCheckSuite(call.site, repository, suite, head);
}

function suiteOf(call: Call, repository: Repository): CheckSuite {
  const id = idParameter(call, "check_suite_id");
  const suite = repository.checkSuites.find((one) => one.id === id);
  if (suite === undefined) throw notFound();
  return suite;
}

async function get(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  return { status: 200, body: await render(call, repository, suiteOf(call, repository)) };
}

async function create(call: Call): Promise<Answer> {
  const repository = writableRepositoryOf(call);
  const sha = textOf(call.body["head_sha"]) ?? "";
  const head = /^[0-9a-f]{40}$/.test(sha) ? await readCommit(repository.objects, sha) : null;
  if (head === null) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const known = repository.checkSuites.some((suite) => suite.headSha === head.sha);
  const suite = suiteOn(call.site, repository, head.sha, null);
  if (!known) await sendSuite(call.site, repository, suite, "requested", actorOf(call));
  return { status: known ? 200 : 201, body: await render(call, repository, suite) };
}

async function rerequest(call: Call): Promise<Answer> {
  const repository = writableRepositoryOf(call);
  await sendSuite(call.site, repository, suiteOf(call, repository), "rerequested", actorOf(call));
  return { status: 201, body: {} };
}

async function listForRef(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const commit = await readCommit(repository.objects, parameter(call, "ref"));
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${parameter(call, "ref")}`);
  const suites = repository.checkSuites.filter((suite) => suite.headSha === commit.sha);
  const page = pageOf(call);
  const rendered = await Promise.all(slice(suites, page).map((suite) => render(call, repository, suite)));
  return {
    status: 200,
    body: { total_count: suites.length, check_suites: rendered },
    headers: linkHeader(call, page, suites.length),
  };
}

const SUITES = "/repos/{owner}/{repo}/check-suites";

export const checkSuiteEndpoints: readonly Endpoint[] = [
  { route: `POST ${SUITES}`, permission: ["checks", "write"], answer: create },
  { route: `GET ${SUITES}/{check_suite_id}`, permission: ["checks", "read"], answer: get },
  { route: `POST ${SUITES}/{check_suite_id}/rerequest`, permission: ["checks", "write"], answer: rerequest },
  {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-suites",
    permission: ["checks", "read"],
    answer: listForRef,
  },
];
