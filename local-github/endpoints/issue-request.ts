import type { Call } from "../http/call.ts";
import { actorOf, idParameter } from "../http/call.ts";
import { Refusal, invalid, notFound } from "../http/refusal.ts";
import { isObject, listOf, textOf } from "../json.ts";
import type { Account } from "../site/account.ts";
import type { Issue } from "../site/issue.ts";
import type { Repository } from "../site/repository.ts";
import { mayWrite } from "../site/roles.ts";
import type { Site } from "../site/site.ts";

/** Most characters of an issue's title and body. */
const MAX_TITLE = 256;
const MAX_BODY = 65_536;

/** 410 if issues are disabled. */
export function withIssues(repository: Repository): Repository {
  if (!repository.hasIssues) throw new Refusal(410, "Issues has been disabled in this repository.");
  return repository;
}

export function issueOf(call: Call, repository: Repository): Issue {
  const number = idParameter(call, "issue_number");
  if (repository.deletedIssues.has(number)) throw new Refusal(410, "This issue was deleted");
  const issue = repository.issues.get(number);
  if (issue === undefined) throw notFound();
  return issue;
}

/** Whether the caller may set labels and assignees. GitHub silently drops them otherwise. */
export function mayLabel(call: Call, repository: Repository): boolean {
  return call.caller.kind === "installation" || mayWrite(repository, actorOf(call).login);
}

export function labelNames(value: unknown): string[] {
  return listOf(value).flatMap((label) => {
    const name = isObject(label) ? textOf(label["name"]) : textOf(label);
    return name === null ? [] : [name];
  });
}

/** The accounts named. GitHub silently drops those that cannot be assigned. */
export function assigneesNamed(site: Site, repository: Repository, value: unknown): Account[] {
  return listOf(value).flatMap((item) => {
    const login = isObject(item) ? textOf(item["login"]) : textOf(item);
    const account = login === null ? undefined : site.accounts.get(login.toLowerCase());
    return account !== undefined && mayWrite(repository, account.login) ? [account] : [];
  });
}

/** The accounts named for a new issue. 422 if one cannot be assigned. */
export function requiredAssignees(call: Call, repository: Repository): Account[] {
  const named = listOf(call.body["assignees"]);
  const found = assigneesNamed(call.site, repository, named);
  if (found.length < named.length) throw invalid("assignees is invalid", "assignees");
  return found;
}

/** 422 for a title or body that is too long. */
export function checkText(title: string | null, body: string | null): void {
  if (title !== null && title.length > MAX_TITLE)
    throw invalid("title is too long (maximum is 256 characters)", "title");
  if (body !== null && body.length > MAX_BODY)
    throw invalid("body is too long (maximum is 65536 characters)", "body");
}
