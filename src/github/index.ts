/** The requests to GitHub, one function each, with typed errors. */
export { AccessToken } from "./access-token.ts";
export {
  isInstalledOn,
  isUnknownApp,
  lastAttempts,
  listInstallations,
  readAppSettings,
  readClock,
  readHookSettings,
} from "./app-settings.ts";
export { listActivity } from "./activity.ts";
export type { RefActivity } from "./activity.ts";
export { ANNOTATIONS_PER_REQUEST, createCheckRun, findCheckRun, updateCheckRun } from "./check-runs.ts";
export type { Annotation, CheckRunContent, CheckRunOutput } from "./check-runs.ts";
export { MAX_IDLE_MS } from "./bounded-fetch.ts";
export type { GitHubClient, InstallationClient } from "./client.ts";
export { isAncestor, isCommit, readBranchHead } from "./commits.ts";
export { createGitHub, pacedOctokit } from "./clients.ts";
export type { AppIdentity, GitHub } from "./clients.ts";
export { readTextFile } from "./contents.ts";
export type { TextFile, TextFileRequest, UnreadableReason } from "./contents.ts";
export { listDeliveries, redeliver } from "./deliveries.ts";
export type { WebhookDelivery } from "./deliveries.ts";
export { ask, check, GitHubError } from "./github-error.ts";
export type { GitHubErrorCode, GitHubRetry } from "./github-error.ts";
export { addComment, canBeAssigned, editComment, ensureLabel } from "./issue-writing.ts";
export { createIssue, listIssuesBy, readIssue, updateIssue } from "./issues.ts";
export type { Issue, IssueContent } from "./issues.ts";
export {
  findPull,
  listOpenPulls,
  readInstallation,
  readPull,
  readRepository,
  readRepositoryNamed,
} from "./repositories.ts";
export type { NamedRepository } from "./repositories.ts";
export { addressOf } from "./repository-name.ts";
export type { RepositoryName } from "./repository-name.ts";
export { hasRole, roleOf } from "./roles.ts";
export {
  appOfEvent,
  commentOn,
  isCommentOf,
  listComments,
  readLastChange,
  reopeningsBy,
  setIssueState,
} from "./issue-life.ts";
export type { IssueComment, LastChange } from "./issue-life.ts";
export { assignPeople, labelledSince } from "./issue-people.ts";
export { convertManifest, setWebhookSecret } from "./app-registration.ts";
export type { RegisteredApp } from "./app-registration.ts";
export { authorsOf } from "./authors.ts";
