import { commentOn } from "../actions/issues.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { actorOf, idParameter, repositoryOf, writableRepositoryOf } from "../http/call.ts";
import { paged } from "../http/paging.ts";
import { notFound } from "../http/refusal.ts";
import { textOf } from "../json.ts";
import { renderComment, renderIssueEvent } from "../render/issue.ts";
import { checkText, issueOf, withIssues } from "./issue-request.ts";

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

/** The timeline without comments and cross-references. */
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

const ISSUES = "/repos/{owner}/{repo}/issues";

export const issueHistoryEndpoints: readonly Endpoint[] = [
  {
    route: `POST ${ISSUES}/{issue_number}/comments`,
    permission: ["issues", "write"],
    answer: createComment,
  },
  { route: `GET ${ISSUES}/{issue_number}/comments`, permission: ["issues", "read"], answer: listComments },
  { route: `PATCH ${ISSUES}/comments/{comment_id}`, permission: ["issues", "write"], answer: updateComment },
  { route: `GET ${ISSUES}/{issue_number}/events`, permission: ["issues", "read"], answer: listEvents },
  { route: `GET ${ISSUES}/{issue_number}/timeline`, permission: ["issues", "read"], answer: listTimeline },
];
