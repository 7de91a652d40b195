import { pino } from "pino";
import type { Logger } from "pino";
import pretty from "pino-pretty";
import { redactText } from "../detect/index.ts";

/** Where lines go. */
interface Destination {
  write(line: string): void;
}

/** Lines for a person at a terminal, instead of JSON. They are redacted before they come here. */
export function prettyDestination(): Destination {
  return pretty({
    destination: 1,
    sync: true,
    colorize: process.stdout.isTTY,
    singleLine: true,
    translateTime: "SYS:HH:MM:ss",
  });
}

/**
 * The log of the process: one JSON object per line. Credentials are redacted from every line as it is written; errors show
 * type, message, code, stack and causes, but not the request or delivery attached to them.
 */
export function createLog(level: string, destination?: Destination): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: describeError, error: describeError, event: describeEvent },
    hooks: { streamWrite: (line: string) => redactText(line) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Probot logs a delivery as a whole at level debug. A string is the name of one. */
function describeEvent(event: unknown): unknown {
  if (typeof event === "string") return event;
  if (typeof event !== "object" || event === null) return typeof event;
  return { id: "id" in event ? event.id : null, name: "name" in event ? event.name : null };
}

/** How many causes are followed. */
const CAUSES_AT_MOST = 5;

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: error.message,
    ...("code" in error ? { code: error.code } : {}),
    ...("status" in error ? { status: error.status } : {}),
    stack: error.stack,
    ...(error.cause !== undefined && depth < CAUSES_AT_MOST
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
    ...(error instanceof AggregateError && depth < CAUSES_AT_MOST
      ? { errors: error.errors.map((inner) => describeError(inner, depth + 1)) }
      : {}),
  };
}
