import type { IncomingHttpHeaders } from "node:http";

/** A fault that the next matching requests meet. Of several that match, the one ordered first. */
export interface FaultOrder {
  readonly method?: string;
  /** The path without `/api/v3` and query; a string matches it whole, or up to a `*` at its end. */
  readonly path?: string | RegExp;
  /** The operation as the OpenAPI description names it, `checks/create`. */
  readonly operation?: string;
  /** How many requests meet it: 1 unless told. */
  readonly times?: number;
  /** How many matching requests pass before the first that meets it. */
  readonly after?: number;
  /** Waits before anything else; after the effect where the answer is lost. */
  readonly delayMs?: number;
  readonly status?: number;
  /** Sent as JSON, a string as it is (garbage, say). */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection: before the request takes effect, or after it did and before its answer left. */
  readonly reset?: boolean | "after-effect";
  /** Called when a request meets the fault, before its effect or after it as `reset` says: a point to kill a process at. */
  readonly onMet?: () => void | Promise<void>;
}

export interface Fault extends FaultOrder {
  readonly left: { skip: number; times: number };
}

export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly headers: IncomingHttpHeaders;
}

export function orderFault(faults: Fault[], order: FaultOrder): Fault {
  const fault = { ...order, left: { skip: order.after ?? 0, times: order.times ?? 1 } };
  faults.push(fault);
  return fault;
}

/** The fault that this request meets, counted. */
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
