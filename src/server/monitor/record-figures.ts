import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { redactText } from "../../detect/index.ts";
import type { RecordFigures } from "../../measure/index.ts";

/** However often Prometheus and its replicas ask, the database is asked once in this time. */
const FRESH_MS = 10_000;
/** A scrape waits no longer: Prometheus itself gives up after 10 seconds. */
const LIMIT_MS = 3000;

/**
 * The figures of the record, read at most once in ten seconds and by one connection, so no scrape holds up a delivery. Null
 * while the database does not answer.
 */
export function cachedFigures(
  read: () => Promise<RecordFigures>,
  log: Logger,
  freshMs = FRESH_MS,
): () => Promise<RecordFigures | null> {
  let figures: Promise<RecordFigures | null> = Promise.resolve(null);
  let staleAt = Number.NEGATIVE_INFINITY;
  async function readNow(): Promise<RecordFigures | null> {
    try {
      return withoutSecrets(await read());
    } catch (error) {
      log.debug({ err: error }, "could not read the figures of the record");
      return null;
    } finally {
      staleAt = performance.now() + freshMs;
    }
  }
  return () => {
    if (performance.now() >= staleAt) {
      // One at a time, however long it takes.
      staleAt = Number.POSITIVE_INFINITY;
      figures = readNow();
    }
    return Promise.race([figures, wait(LIMIT_MS, null, { ref: false })]);
  };
}

/** A repository may be named like a key. */
function withoutSecrets(figures: RecordFigures): RecordFigures {
  const repositories =
    figures.repositories?.map((one) => ({ ...one, repository: redactText(one.repository) })) ?? null;
  return { ...figures, repositories };
}
