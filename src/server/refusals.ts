import type { Logger } from "pino";

/** How often strangers may make the process write to its log. */
const EVERY_MS = 60_000;

/**
 * Logs why requests of strangers were refused: the first of each reason at once, because an operator who sets up a proxy
 * looks for it, and then their number once a minute.
 */
export function createRefusals(log: Logger): (reason: string) => void {
  const counts = new Map<string, number>();

  function flush(): void {
    for (const [reason, count] of counts) if (count > 0) log.warn({ reason, count }, "requests were refused");
    counts.clear();
  }

  return (reason) => {
    const count = counts.get(reason);
    if (count === undefined) log.warn({ reason, count: 1 }, "requests were refused");
    if (counts.size === 0) setTimeout(flush, EVERY_MS).unref();
    counts.set(reason, (count ?? -1) + 1);
  };
}
