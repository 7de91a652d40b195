import { labelNamed, record } from "../actions/issues.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { paged } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { textOf } from "../json.ts";
import { renderLabel } from "../render/issue.ts";
import type { Issue } from "../site/issue.ts";
import type { Repository } from "../site/repository.ts";
import { issueOf, labelNames } from "./issue-request.ts";

/** Replaces an issue's labels. */
export function setLabels(call: Call, repository: Repository, issue: Issue, names: readonly string[]): void {
  const actor = actorOf(call);
  const wanted = names.map((name) => labelNamed(call.site, repository, name));
  for (const label of wanted.filter((one) => !issue.labels.includes(one)))
    record(call.site, issue, actor, "labeled", { label });

  for (const label of issue.labels.filter((one) => !wanted.includes(one)))
    record(call.site, issue, actor, "unlabeled", { label });

  issue.labels = [...new Set(wanted)];
}

function addToIssue(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  const issue = issueOf(call, repository);
  const names = labelNames(call.body["labels"]);
  setLabels(call, repository, issue, [...issue.labels.map((label) => label.name), ...names]);
  return { status: 200, body: issue.labels.map((label) => renderLabel(call.site, repository, label)) };
}

function create(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  const name = textOf(call.body["name"]) ?? "";
  if (repository.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(422, "Validation Failed", {
      body: { errors: [{ resource: "Label", code: "already_exists", field: "name" }] },
    });
  }
  const label = labelNamed(call.site, repository, name);
  label.color = textOf(call.body["color"]) ?? label.color;
  label.description = textOf(call.body["description"]);
  return { status: 201, body: renderLabel(call.site, repository, label) };
}

function get(call: Call): Answer {
  const repository = repositoryOf(call);
  const name = parameter(call, "name").toLowerCase();
  const label = repository.labels.find((one) => one.name.toLowerCase() === name);
  if (label === undefined) throw notFound();
  return { status: 200, body: renderLabel(call.site, repository, label) };
}

function list(call: Call): Answer {
  const repository = repositoryOf(call);
  return paged(call, repository.labels, (label) => renderLabel(call.site, repository, label));
}

const LABELS = "/repos/{owner}/{repo}/labels";

export const labelEndpoints: readonly Endpoint[] = [
  { route: `POST ${LABELS}`, permission: ["issues", "write"], answer: create },
  { route: `GET ${LABELS}`, permission: ["issues", "read"], answer: list },
  { route: `GET ${LABELS}/{name}`, permission: ["issues", "read"], answer: get },
  {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    permission: ["issues", "write"],
    answer: addToIssue,
  },
];
