import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, parameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { paged } from "../http/paging.ts";
import { Refusal, invalid, notFound } from "../http/refusal.ts";
import { isObject, listOf, textOf } from "../json.ts";
import {
  closeIssue,
  commentOn,
  labelNamed,
  openIssue,
  record,
  reopenIssue,
  sendIssue,
} from "../actions/issues.ts";
import type { Account, Issue, Repository, Site } from "../site.ts";
import { mayWrite } from "../roles.ts";
import {
  renderComment,
  renderIssue,
  renderIssueEvent,
  renderLabel,
  renderPullAsIssue,
} from "../render/issue.ts";

/** An issue's title and body hold so many characters. */
const MOST_TITLE = 256;
const MOST_BODY = 65_536;

function withIssues(repository: Repository): Repository {
  if (!repository.hasIssues) throw new Refusal(410, "Issues has been disabled in this repository.");
  return repository;
}

function issueOf(call: Call, repository: Repository): Issue {
  const issue = repository.issues.get(idParameter(call, "issue_number"));
  if (issue === undefined) throw notFound();
  return issue;
}

/** Labels and assignees of those who may not set them are dropped without a word. */
function maySet(call: Call, repository: Repository): boolean {
  return call.caller.kind === "installation" || mayWrite(repository, actorOf(call).login);
}

function labelNames(value: unknown): string[] {
  return listOf(value).flatMap((label) => {
    const name = isObject(label) ? textOf(label["name"]) : textOf(label);
    return name === null ? [] : [name];
  });
}

// Somebody without access to the repository cannot be assigned, and is dropped.
function assigneesNamed(site: Site, repository: Repository, value: unknown): Account[] {
  return listOf(value).flatMap((item) => {
    const login = isObject(item) ? textOf(item["login"]) : textOf(item);
    const account = login === null ? undefined : site.accounts.get(login.toLowerCase());
    return account !== undefined && mayWrite(repository, account.login) ? [account] : [];
  });
}

function checkText(title: string | null, body: string | null): void {
  if (title !== null && title.length > MOST_TITLE)
    throw invalid("title is too long (maximum is 256 characters)", "title");
  if (body !== null && body.length > MOST_BODY)
    throw invalid("body is too long (maximum is 65536 characters)", "body");
}

function create(call: Call): Answer {
  const repository = withIssues(writableRepositoryOf(call));
  const title = textOf(call.body["title"]) ?? String(call.body["title"]);
  const body = textOf(call.body["body"]);
  checkText(title, body);
  const may = maySet(call, repository);
  const issue = openIssue(call.site, repository, actorOf(call), {
    title,
    body,
    labels: may ? labelNames(call.body["labels"]) : [],
    assignees: may ? assigneesNamed(call.site, repository, call.body["assignees"]) : [],
    byApp: call.caller.kind === "installation",
  });
  return { status: 201, body: renderIssue(call.site, repository, issue) };
}

function update(call: Call): Answer {
  const repository = withIssues(writableRepositoryOf(call));
  const issue = issueOf(call, repository);
  const actor = actorOf(call);
  const title = textOf(call.body["title"]);
  const body = textOf(call.body["body"]);
  checkText(title, body);
  const changes: Record<string, unknown> = {};
  if (title !== null && title !== issue.title) {
    changes["title"] = { from: issue.title };
    issue.title = title;
  }
  if (body !== null && body !== issue.body) {
    changes["body"] = { from: issue.body ?? "" };
    issue.body = body;
    issue.bodies.push(body);
  }
  if (Object.keys(changes).length > 0) {
    issue.updatedAt = call.site.now();
    sendIssue(call.site, repository, issue, "edited", actor, { changes });
  }
  if (maySet(call, repository)) updateSets(call, repository, issue);
  updateState(call, repository, issue);
  return { status: 200, body: renderIssue(call.site, repository, issue) };
}

function updateSets(call: Call, repository: Repository, issue: Issue): void {
  const actor = actorOf(call);
  if (call.body["labels"] !== undefined) {
    setLabels(call, repository, issue, labelNames(call.body["labels"]));
  }
  if (call.body["assignees"] !== undefined) {
    const wanted = assigneesNamed(call.site, repository, call.body["assignees"]);
    for (const assignee of wanted.filter((one) => !issue.assignees.includes(one))) {
      record(call.site, issue, actor, "assigned", { assignee });
    }
    for (const assignee of issue.assignees.filter((one) => !wanted.includes(one))) {
      record(call.site, issue, actor, "unassigned", { assignee });
    }
    issue.assignees = wanted;
  }
}

function setLabels(call: Call, repository: Repository, issue: Issue, names: readonly string[]): void {
  const actor = actorOf(call);
  const wanted = names.map((name) => labelNamed(call.site, repository, name));
  for (const label of wanted.filter((one) => !issue.labels.includes(one))) {
    record(call.site, issue, actor, "labeled", { label });
  }
  for (const label of issue.labels.filter((one) => !wanted.includes(one))) {
    record(call.site, issue, actor, "unlabeled", { label });
  }
  issue.labels = [...new Set(wanted)];
}

function updateState(call: Call, repository: Repository, issue: Issue): void {
  const state = textOf(call.body["state"]);
  const reason = textOf(call.body["state_reason"]);
  if (state === "closed") {
    const known = reason === "not_planned" || reason === "duplicate" ? reason : "completed";
    if (issue.state === "open") closeIssue(call.site, repository, issue, actorOf(call), { reason: known });
    else if (reason !== null) issue.stateReason = known;
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

/** Issues and pull requests alike: to GitHub each pull request is an issue too. */
function list(call: Call): Answer {
  const repository = withIssues(repositoryOf(call));
  const { query } = call;
  const state = query.get("state") ?? "open";
  const creator = query.get("creator")?.toLowerCase();
  const assignee = query.get("assignee")?.toLowerCase();
  const labels = (query.get("labels") ?? "").toLowerCase().split(",").filter(Boolean);
  const since = Date.parse(query.get("since") ?? "") || 0;
  const key = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const found = [...repository.issues.values(), ...repository.pulls.values()].filter((one) => {
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
  });
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

function createComment(call: Call): Answer {
  const repository = withIssues(writableRepositoryOf(call));
  const issue = issueOf(call, repository);
  const body = textOf(call.body["body"]) ?? "";
  checkText(null, body);
  const comment = commentOn(call.site, repository, issue, actorOf(call), body);
  return { status: 201, body: renderComment(call.site, repository, issue, comment) };
}

function listComments(call: Call): Answer {
  const repository = repositoryOf(call);
  const issue = issueOf(call, repository);
  return paged(call, issue.comments, (comment) => renderComment(call.site, repository, issue, comment));
}

function updateComment(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  const id = idParameter(call, "comment_id");
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment === undefined) continue;
    comment.body = textOf(call.body["body"]) ?? comment.body;
    comment.updatedAt = call.site.now();
    return { status: 200, body: renderComment(call.site, repository, issue, comment) };
  }
  throw notFound();
}

function listEvents(call: Call): Answer {
  const repository = repositoryOf(call);
  const issue = issueOf(call, repository);
  const events = issue.events.filter(({ event }) => event !== "commented" && event !== "cross-referenced");
  return paged(call, events, (event) => renderIssueEvent(call.site, repository, issue, event));
}

function listTimeline(call: Call): Answer {
  const repository = repositoryOf(call);
  const issue = issueOf(call, repository);
  return paged(call, issue.events, (event) => renderIssueEvent(call.site, repository, issue, event));
}

function addLabels(call: Call): Answer {
  const repository = writableRepositoryOf(call);
  const issue = issueOf(call, repository);
  const names = labelNames(call.body["labels"]);
  setLabels(call, repository, issue, [...issue.labels.map((label) => label.name), ...names]);
  return { status: 200, body: issue.labels.map((label) => renderLabel(call.site, repository, label)) };
}

function createLabel(call: Call): Answer {
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

function getLabel(call: Call): Answer {
  const repository = repositoryOf(call);
  const name = parameter(call, "name").toLowerCase();
  const label = repository.labels.find((one) => one.name.toLowerCase() === name);
  if (label === undefined) throw notFound();
  return { status: 200, body: renderLabel(call.site, repository, label) };
}

function listLabels(call: Call): Answer {
  const repository = repositoryOf(call);
  return paged(call, repository.labels, (label) => renderLabel(call.site, repository, label));
}

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";

export const issueEndpoints: readonly Endpoint[] = [
  { route: "POST /repos/{owner}/{repo}/issues", permission: ["issues", "write"], answer: create },
  { route: "GET /repos/{owner}/{repo}/issues", permission: ["issues", "read"], answer: list },
  { route: `GET ${ISSUE}`, permission: ["issues", "read"], answer: get },
  { route: `PATCH ${ISSUE}`, permission: ["issues", "write"], answer: update },
  { route: `POST ${ISSUE}/comments`, permission: ["issues", "write"], answer: createComment },
  { route: `GET ${ISSUE}/comments`, permission: ["issues", "read"], answer: listComments },
  { route: `GET ${ISSUE}/events`, permission: ["issues", "read"], answer: listEvents },
  { route: `GET ${ISSUE}/timeline`, permission: ["issues", "read"], answer: listTimeline },
  { route: `POST ${ISSUE}/labels`, permission: ["issues", "write"], answer: addLabels },
  {
    route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    permission: ["issues", "write"],
    answer: updateComment,
  },
  { route: "POST /repos/{owner}/{repo}/labels", permission: ["issues", "write"], answer: createLabel },
  { route: "GET /repos/{owner}/{repo}/labels", permission: ["issues", "read"], answer: listLabels },
  { route: "GET /repos/{owner}/{repo}/labels/{name}", permission: ["issues", "read"], answer: getLabel },
];
