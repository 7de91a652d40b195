import type { AppEvent } from "./event.ts";
import { installation, uninstallation } from "./installation.ts";
import { issues } from "./issues.ts";
import { mergeGroup } from "./merge-group.ts";
import { pullRequest } from "./pull-request.ts";
import { push } from "./push.ts";
import { repository } from "./repository.ts";
import { requestedAction } from "./requested-action.ts";
import { rerun } from "./rerun.ts";

export { findInName } from "./ref-findings.ts";

/** Every webhook that the app acts on. */
export const EVENTS: readonly AppEvent[] = [
  push,
  pullRequest,
  mergeGroup,
  rerun,
  requestedAction,
  installation,
  uninstallation,
  repository,
  issues,
];
