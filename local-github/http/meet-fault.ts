/**
 * Carries out faults that `site/faults.ts` matched, for REST and git alike.
 * `meetFault` comes before the request takes effect. `answerWithFault` takes the finished answer and loses it,
 * sends half of it, or falls silent. A hung connection stays open until the client or the server closes it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Fault, FaultPoint } from "../site/faults.ts";

/** A finished answer, not sent yet. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** What went out: status 0 if nothing did. */
interface Sent {
  readonly status: number;
  readonly bytes: number;
}

const NOTHING: Sent = { status: 0, bytes: 0 };

/** GitHub's error page: it comes with status 200 when a proxy in front of the API answers. */
const HTML_PAGE = `<!DOCTYPE html>
<html><head><title>Unicorn! &middot; GitHub</title></head><body><p>This page is taking too long to load.</p></body></html>
`;

function breakOf(fault: Fault): { readonly silent: boolean; readonly at: FaultPoint } | null {
  const order = fault.hang ?? fault.reset ?? false;
  if (order === false) return null;
  return { silent: fault.hang !== undefined, at: order === true ? "before-effect" : order };
}

/** Whether the fault needs the finished answer: it breaks after the effect, or truncates the body. */
export function needsAnswer(fault: Fault): boolean {
  const broken = breakOf(fault);
  return (broken !== null && broken.at !== "before-effect") || fault.answer === "truncated";
}

/** The part of a fault that comes before the effect. Null if the request then goes on as usual. */
export async function meetFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Sent | null> {
  if (needsAnswer(fault)) return null;
  await reach(fault);
  const broken = breakOf(fault);
  if (broken !== null) {
    if (!broken.silent) request.socket.destroy();
    return NOTHING;
  }
  const reply = orderedReply(fault);
  if (reply === null) return null;
  response.writeHead(reply.status, reply.headers).end(reply.bytes);
  return { status: reply.status, bytes: reply.bytes.length };
}

function orderedReply(fault: Fault): Reply | null {
  const reply = (status: number, type: string, text: string): Reply => ({
    status: fault.status ?? status,
    headers: { "content-type": type, ...fault.headers },
    bytes: Buffer.from(text),
  });
  const json = "application/json; charset=utf-8";
  if (fault.answer === "html-page") return reply(200, "text/html; charset=utf-8", HTML_PAGE);
  if (fault.answer === "bad-credentials") {
    const documentation_url = "https://docs.github.com/rest";
    return reply(401, json, JSON.stringify({ message: "Bad credentials", documentation_url, status: "401" }));
  }
  if (fault.status === undefined) return null;
  const { body = { message: "Ordered fault" } } = fault;
  return reply(fault.status, json, typeof body === "string" ? body : JSON.stringify(body));
}

/** Spoils the answer to a request that took effect. */
export async function answerWithFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
): Promise<Sent> {
  const half = reply.bytes.subarray(0, Math.floor(reply.bytes.length / 2));
  const broken = breakOf(fault);
  if (broken === null) {
    await reach(fault);
    const headers = { ...reply.headers, "content-length": String(half.length) };
    response.writeHead(reply.status, headers).end(half);
    return { status: reply.status, bytes: half.length };
  }
  if (broken.at === "after-effect") {
    await reach(fault);
    if (!broken.silent) request.socket.destroy();
    return NOTHING;
  }
  const headers = { ...reply.headers, "content-length": String(reply.bytes.length) };
  response.writeHead(reply.status, headers);
  await new Promise<void>((resolve) => {
    response.write(half, () => resolve());
  });
  await reach(fault);
  if (!broken.silent) request.socket.destroy();
  return { status: reply.status, bytes: half.length };
}

async function reach(fault: Fault): Promise<void> {
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  await fault.onMet?.();
}
