import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Fault } from "../faults.ts";

/** Does what a fault orders; true where the request has its answer by that. */
export async function meetFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  await fault.onMet?.();
  if (fault.reset === true) {
    request.socket.destroy();
    return true;
  }
  if (fault.status === undefined) return false;
  const body =
    typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? { message: "Ordered fault" });
  response.writeHead(fault.status, { "content-type": "application/json; charset=utf-8", ...fault.headers });
  response.end(body);
  return true;
}

/** Loses the answer to a request that took effect. */
export async function loseAnswer(fault: Fault, request: IncomingMessage): Promise<void> {
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  await fault.onMet?.();
  request.socket.destroy();
}
