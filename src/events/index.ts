import { checkRun } from "./check-run.ts";
import { checkSuite } from "./check-suite.ts";
import type { AppEvent } from "./event.ts";
import { installation } from "./installation.ts";
import { mergeGroup } from "./merge-group.ts";
import { pullRequest } from "./pull-request.ts";
import { push } from "./push.ts";

/** Every webhook that the app acts on. */
export const EVENTS: readonly AppEvent[] = [
  push,
  pullRequest,
  mergeGroup,
  checkRun,
  checkSuite,
  installation,
];
