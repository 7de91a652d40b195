export type { LocalGitHubOptions } from "./start.ts";
export { startLocalGitHub } from "./start.ts";
export type { LocalGitHub } from "./local-github.ts";
export type { FaultOrder } from "./faults.ts";
export type { RequestRecord } from "./http/request-log.ts";
export type { Violation } from "./openapi/description.ts";
export type { NewInstallation } from "./people/installations.ts";
export type { MergeGroup, NewPullRequest } from "./people/pulls.ts";
export type { NewRepository } from "./people/repositories.ts";
export type { Delivery } from "./webhooks/delivery.ts";
export type {
  Account,
  Annotation,
  BaseRole,
  CheckRun,
  CheckSuite,
  Installation,
  Issue,
  PullRequest,
  Repository,
  Role,
} from "./site.ts";
