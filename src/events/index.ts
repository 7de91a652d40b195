import type { AppEvent } from "./event.ts";
import { pullRequest } from "./pull-request.ts";
import { push } from "./push.ts";

export type { AppEvent } from "./event.ts";

/** Every webhook that the app acts on. */
export const EVENTS: readonly AppEvent[] = [push, pullRequest];
