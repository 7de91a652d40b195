/**
 * The spacing of requests to GitHub, as Octokit's throttling plugin asks for it, on a clock that people set. Bottleneck keeps
 * the time of the next request by the clock of the machine: after it was set back by two days, every request would wait for
 * two days, without a word. So a limiter whose last request was in the future is replaced.
 */
import Bottleneck from "bottleneck";

/** A step back that costs a moment at most, such as NTP makes. */
const HARMLESS_MS = 1000;
/** An unused limiter is forgotten after this time, as in the plugin. */
const UNUSED_MS = 120_000;

/** What the plugin needs of a group of limiters. */
interface PacingGroup {
  key(id: string): {
    schedule<Given extends unknown[], Result>(
      options: object,
      work: (...given: Given) => PromiseLike<Result>,
      ...given: Given
    ): Promise<Result>;
  };
}

/**
 * So many requests at once, for each id. Most requests have no other limit, and a Bottleneck costs more than half of what
 * sending one does.
 */
export function atOnce(max: number): PacingGroup {
  const gates = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return {
    key: (id) => ({
      async schedule(_options, work, ...given) {
        const gate = gates.get(id) ?? { running: 0, waiting: [] };
        gates.set(id, gate);
        if (gate.running < max) {
          gate.running += 1;
        } else {
          // Whoever ends gives its place to the one that has waited longest.
          await new Promise<void>((resolve) => gate.waiting.push(resolve));
        }
        try {
          return await work(...given);
        } finally {
          const next = gate.waiting.shift();
          if (next === undefined) gate.running -= 1;
          else next();
          if (gate.running === 0) gates.delete(id);
        }
      },
    }),
  };
}

/** A group that spaces requests by the clock. */
export function pacingGroup(
  options: Bottleneck.ConstructorOptions,
  now: () => number = () => Date.now(),
): { key(id: string): Bottleneck } {
  const create = (): Bottleneck.Group => new Bottleneck.Group({ timeout: UNUSED_MS, ...options });
  let group = create();
  let lastAt = now();
  return {
    key(id) {
      const at = now();
      if (at < lastAt - HARMLESS_MS) {
        drop(group);
        group = create();
      }
      lastAt = at;
      return group.key(id);
    },
  };
}

/** What waits in it would wait for days: it fails, and the queue tries it again. */
function drop(group: Bottleneck.Group): void {
  for (const { limiter } of group.limiters()) limiter.stop({ dropWaitingJobs: true }).catch(() => {});
}

/**
 * Spacing of writes. Octokit's default of one write a second would alone take longer than a check may; GitHub allows
 * 900 points a minute with 5 a write, so 150 writes a minute leave room for as many reads.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function writePacing(): { key(id: string): Bottleneck } {
  return pacingGroup({
    maxConcurrent: 4,
    reservoir: 150,
    reservoirRefreshAmount: 150,
    reservoirRefreshInterval: 60_000,
  });
}

/** What the plugin needs of the limiter by which it tries again, and through which it sends every request. */
interface RetryLimiter {
  schedule<Given extends unknown[], Result>(
    work: (...given: Given) => Promise<Result>,
    ...given: Given
  ): Promise<Result>;
  on(): void;
}

/** No limit, and nothing told of failures, because the queue does the trying again. The plugin's own is a Bottleneck. */
export const NO_RETRIES: RetryLimiter = {
  schedule: (work, ...given) => work(...given),
  on: () => {},
};

/**
 * From one request that notifies people to the next. GitHub's measured limit for issues is 20 a minute, and one in three
 * seconds makes 21 where the first of them takes a little longer to arrive than the last.
 */
export const NOTIFICATION_MS = 3_100;

/** The plugin's own groups, with its numbers, except for requests that notify people. */
export function defaultPacing(
  notificationMs: number,
): Readonly<Record<"global" | "auth" | "search" | "notifications", PacingGroup>> {
  return {
    global: atOnce(10),
    auth: atOnce(1),
    search: pacingGroup({ maxConcurrent: 1, minTime: 2000 }),
    notifications: pacingGroup({ maxConcurrent: 1, minTime: notificationMs }),
  };
}
