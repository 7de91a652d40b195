import type { Unopened } from "../scan/index.ts";
import { redactedPath } from "./collector.ts";

/** Paths that a note names; the rest is counted. */
const MAX_NAMED = 5;

export const UNOPENED_WORDS: Readonly<Record<Unopened["reason"], string>> = {
  damaged: "damaged, or cut off",
  encrypted: "encrypted",
  unsupported: "packed by a method that Rollcall does not read",
};

/** One sentence about some paths, or none if there are none. */
export function noteOn(
  paths: readonly string[],
  one: string,
  many: string,
  words: string,
): readonly string[] {
  if (paths.length === 0) return [];

  const named = paths.slice(0, MAX_NAMED).map(redactedPath).join(", ");
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : "";
  return [`${paths.length} ${paths.length === 1 ? one : many} ${words} (${named}${more})`];
}
