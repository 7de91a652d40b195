export type { LocalGitHubOptions } from "./local-github.ts";
export { LocalGitHub, startLocalGitHub } from "./local-github.ts";
export type { FaultOrder } from "./faults.ts";
export type { RequestRecord } from "./http/request-log.ts";
export type { Violation } from "./openapi/description.ts";
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
