/**
 * Creating, updating, reading and listing issues. Comments, labels and history have their own files; the changes
 * themselves are made by `actions/issues.ts`.
 */
import { closeIssue, editIssue, openIssue, record, reopenIssue } from "../actions/issues.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { notFound } from "../http/refusal.ts";
import { paged } from "../http/paging.ts";
import { textOf } from "../json.ts";
import { renderIssue, renderPullAsIssue } from "../render/issue.ts";
import type { Issue } from "../site/issue.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import {
  assigneesNamed,
  checkText,
  issueOf,
  labelNames,
  mayLabel,
  requiredAssignees,
  withIssues,
} from "./issue-request.ts";
import { setLabels } from "./labels.ts";

function create(call: Call): Answer {
  const repository = withIssues(writableRepositoryOf(call));
  const title = textOf(call.body["title"]) ?? String(call.body["title"]);
  const body = textOf(call.body["body"]);
  checkText(title, body);
  const may = mayLabel(call, repository);
  const issue = openIssue(call.site, repository, actorOf(call), {
    title,
    body,
    labels: may ? labelNames(call.body["labels"]) : [],
    assignees: may ? requiredAssignees(call, repository) : [],
    byApp: call.caller.kind === "installation",
  });
  return { status: 201, body: renderIssue(call.site, repository, issue) };
}

function update(call: Call): Answer {
  const repository = withIssues(writableRepositoryOf(call));
  const issue = issueOf(call, repository);
  const title = textOf(call.body["title"]);
  const body = textOf(call.body["body"]);
  checkText(title, body);
  editIssue(call.site, repository, issue, actorOf(call), { title, body });
  if (mayLabel(call, repository)) {
    if (call.body["labels"] !== undefined)
      setLabels(call, repository, issue, labelNames(call.body["labels"]));
    if (call.body["assignees"] !== undefined) setAssignees(call, repository, issue);
  }
  updateState(call, repository, issue);
  return { status: 200, body: renderIssue(call.site, repository, issue) };
}

function setAssignees(call: Call, repository: Repository, issue: Issue): void {
  const actor = actorOf(call);
  const wanted = assigneesNamed(call.site, repository, call.body["assignees"]);
  for (const assignee of wanted.filter((one) => !issue.assignees.includes(one)))
    record(call.site, issue, actor, "assigned", { assignee });

  for (const assignee of issue.assignees.filter((one) => !wanted.includes(one)))
    record(call.site, issue, actor, "unassigned", { assignee });

  issue.assignees = wanted;
}

function updateState(call: Call, repository: Repository, issue: Issue): void {
  const state = textOf(call.body["state"]);
  const given = textOf(call.body["state_reason"]);
  if (state === "closed") {
    const reason = given === "not_planned" || given === "duplicate" ? given : "completed";
    if (issue.state === "open") closeIssue(call.site, repository, issue, actorOf(call), { reason });
    else if (given !== null) issue.stateReason = reason;
  } else if (state === "open") {
    reopenIssue(call.site, repository, issue, actorOf(call));
  }
}

function get(call: Call): Answer {
  const repository = withIssues(repositoryOf(call));
  const pull = repository.pulls.get(idParameter(call, "issue_number"));
  if (pull !== undefined) return { status: 200, body: renderPullAsIssue(call.site, repository, pull) };
  return { status: 200, body: renderIssue(call.site, repository, issueOf(call, repository)) };
}

/** Lists issues and pull requests: to GitHub every pull request is an issue too. */
function list(call: Call): Answer {
  const repository = withIssues(repositoryOf(call));
  const { query } = call;
  const matches = filterOf(query);
  const found = [...repository.issues.values(), ...repository.pulls.values()].filter(matches);
  const key = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = query.get("direction") === "asc" ? 1 : -1;
  found.sort(
    (one, other) => sign * (Date.parse(one[key]) - Date.parse(other[key]) || one.number - other.number),
  );
  return paged(call, found, (one) =>
    "headSha" in one
      ? renderPullAsIssue(call.site, repository, one)
      : renderIssue(call.site, repository, one),
  );
}

function filterOf(query: URLSearchParams): (one: Issue | PullRequest) => boolean {
  const state = query.get("state") ?? "open";
  const creator = query.get("creator")?.toLowerCase();
  const assignee = query.get("assignee")?.toLowerCase();
  const labels = (query.get("labels") ?? "").toLowerCase().split(",").filter(Boolean);
  const since = Date.parse(query.get("since") ?? "") || 0;
  return (one) => {
    const names = "labels" in one ? one.labels.map((label) => label.name.toLowerCase()) : [];
    const assigned = "assignees" in one ? one.assignees.map((account) => account.login.toLowerCase()) : [];
    return (
      (state === "all" || one.state === state) &&
      (creator === undefined || one.author.login.toLowerCase() === creator) &&
      (assignee === undefined ||
        (assignee === "none" ? assigned.length === 0 : assigned.includes(assignee)) ||
        (assignee === "*" && assigned.length > 0)) &&
      labels.every((name) => names.includes(name)) &&
      Date.parse(one.updatedAt) >= since
    );
  };
}

/** 204 if the person can be assigned there. */
function checkAssignee(call: Call): Answer {
  const [assignee] = assigneesNamed(call.site, repositoryOf(call), [parameter(call, "assignee")]);
  if (assignee === undefined) throw notFound();
  return { status: 204 };
}

const ISSUES = "/repos/{owner}/{repo}/issues";

export const issueEndpoints: readonly Endpoint[] = [
  { route: `POST ${ISSUES}`, permission: ["issues", "write"], answer: create },
  { route: `GET ${ISSUES}`, permission: ["issues", "read"], answer: list },
  { route: `GET ${ISSUES}/{issue_number}`, permission: ["issues", "read"], answer: get },
  {
    route: "GET /repos/{owner}/{repo}/assignees/{assignee}",
    permission: ["issues", "read"],
    answer: checkAssignee,
  },
  { route: `PATCH ${ISSUES}/{issue_number}`, permission: ["issues", "write"], answer: update },
];
