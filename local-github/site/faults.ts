/**
 * Faults: what a test orders to go wrong with the next matching requests, REST or git.
 * This file matches requests to orders and counts them; `http/meet-fault.ts` carries them out.
 */
import type { IncomingHttpHeaders } from "node:http";

/**
 * When the connection breaks or falls silent: before the request takes effect, after it took effect but before any
 * byte of the answer, or in the middle of the answer's body.
 */
export type FaultPoint = "before-effect" | "after-effect" | "mid-body";

/** A fault for the next matching requests. If several orders match, the oldest one applies. */
export interface FaultOrder {
  readonly method?: string;
  /** The path without `/api/v3` and query. A string matches the whole path, or a prefix if it ends in `*`. */
  readonly path?: string | RegExp;
  /** The operation id of the OpenAPI description (`checks/create`), or git's service (`git-upload-pack`). */
  readonly operation?: string;
  /** How many requests meet the fault. Default 1; `Infinity` until `lift()`. */
  readonly times?: number;
  /** How many matching requests pass first. */
  readonly after?: number;
  /** Waits before anything else; with `reset` or `hang` after the effect, before the connection breaks. */
  readonly delayMs?: number;
  /** Answers this status and the request takes no effect. */
  readonly status?: number;
  /** Sent as JSON; a string is sent as it is, for example garbage. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Named answers: an HTML page with status 200, 401 `Bad credentials`, or half of the real body. */
  readonly answer?: "html-page" | "bad-credentials" | "truncated";
  /** Cuts the connection. `true` means `"before-effect"`. */
  readonly reset?: boolean | FaultPoint;
  /** Keeps the connection open and stays silent. `true` means `"before-effect"`. */
  readonly hang?: boolean | FaultPoint;
  /** Called when a request meets the fault, at the point that `reset` or `hang` names. Use it to kill a process there. */
  readonly onMet?: () => void | Promise<void>;
}

export interface Fault extends FaultOrder {
  readonly left: { skip: number; times: number };
  /** Ends the fault: later requests pass. */
  lift(): void;
}

export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly headers: IncomingHttpHeaders;
}

export function orderFault(faults: Fault[], order: FaultOrder): Fault {
  const left = { skip: order.after ?? 0, times: order.times ?? 1 };
  const lift = (): void => {
    left.times = 0;
  };
  const fault = { ...order, left, lift };
  faults.push(fault);
  return fault;
}

/** The fault that this request meets, if any. Counts the request. */
export function takeFault(faults: Fault[], subject: FaultSubject): Fault | null {
  for (const fault of faults) {
    if (fault.left.times <= 0 || !matches(fault, subject)) continue;
    if (fault.left.skip > 0) {
      fault.left.skip -= 1;
      continue;
    }
    fault.left.times -= 1;
    return fault;
  }
  return null;
}

function matches(fault: Fault, subject: FaultSubject): boolean {
  if (fault.method !== undefined && fault.method !== subject.method) return false;
  if (fault.operation !== undefined && fault.operation !== subject.operation) return false;
  if (fault.path === undefined) return true;
  if (typeof fault.path !== "string") return fault.path.test(subject.path);
  return fault.path.endsWith("*")
    ? subject.path.startsWith(fault.path.slice(0, -1))
    : subject.path === fault.path;
}
