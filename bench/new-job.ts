import type { NewJob } from "../src/queue/index.ts";

/** A job of a push, unless told otherwise. */
export function newJob(id: string, fields: Partial<NewJob> = {}): NewJob {
  return { id, lane: "trusted", installationId: 5, exclusiveKey: null, payload: { v: 1 }, ...fields };
}
