/**
 * Monitoring of one process. Its server answers before the database is open, so a long start or migration is not taken for
 * a dead process; the rest is added as the parts come to be.
 */
import type { Logger } from "pino";
import { EVENTS } from "../../events/index.ts";
import { createMetrics, showFigures, showReady } from "../../measure/index.ts";
import type { Measures } from "../../measure/index.ts";
import { LANES } from "../../queue/index.ts";
import type { DetectionPool } from "../../scan/index.ts";
import { readFigures, storeProbe } from "../../store/index.ts";
import type { Database } from "../../store/index.ts";
import type { Environment } from "../environment.ts";
import { watchClock } from "./clock.ts";
import { startMonitor } from "./monitor-server.ts";
import { STARTING, watchReadiness } from "./readiness.ts";
import type { ReadinessWatch } from "./readiness.ts";
import { cachedFigures } from "./record-figures.ts";

export interface WatchedParts {
  readonly database: Database;
  readonly detection: DetectionPool;
  /** Plans the recurring jobs again, after the clock was set. */
  readonly planAgain: () => Promise<void>;
}

export interface Monitor {
  readonly measures: Measures;
  /** Null: nothing is served. */
  readonly port: number | null;
  /** From here on it can be ready. */
  watch(parts: WatchedParts): void;
  /** A delivery could not be stored. */
  doubt(): void;
  /** Not ready any more, and still alive. */
  stopping(): void;
  stop(): Promise<void>;
}

/** The names that `X-GitHub-Event` has for what the app subscribes to. */
const EVENT_NAMES = [
  ...new Set(EVENTS.flatMap(({ names }) => names.map((name) => name.split(".")[0] ?? name))),
  "ping",
];

/** @throws MonitorPortError */
export async function createMonitor(environment: Environment, log: Logger): Promise<Monitor> {
  const { monitor, role, version } = environment;
  const metrics = createMetrics({
    events: EVENT_NAMES,
    lanes: LANES,
    version,
    role,
    now: () => new Date(),
  });
  const { measures, registry } = metrics;
  let readiness: ReadinessWatch | null = null;
  let stopClock = (): void => {};
  showReady(registry, () => readiness?.last().problem === null);
  const server = await startMonitor(monitor, {
    ready: async () => readiness?.ask() ?? STARTING,
    metrics: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    log,
  });
  return {
    measures,
    port: server.port,
    watch({ database, detection, planAgain }) {
      readiness = watchReadiness({ store: () => storeProbe(database), log });
      stopClock = watchClock(log, measures, planAgain);
      showFigures(registry, {
        process() {
          const { threads, waiting } = detection.load();
          const { open, idle, waiting: waitingStatements } = database.connections();
          return {
            threads,
            waitingSearches: waiting,
            connections: open,
            idleConnections: idle,
            waitingStatements,
          };
        },
        record: cachedFigures(() => readFigures(database, { names: monitor.names }), log),
      });
    },
    doubt: () => readiness?.doubt(),
    stopping() {
      stopClock();
      readiness?.stop();
    },
    stop: () => server.stop(),
  };
}
