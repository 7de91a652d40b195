/**
 * One connection that waits for NOTIFY on a channel and reconnects after it is lost. A pooler in transaction mode accepts
 * LISTEN but passes nothing on: each connection is tried, and the caller has to poll if that fails.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "pg";
import type { Logger } from "pino";
import type { Queries } from "./queries.ts";

/** Called with the payload, and with null after each connection, because notifications may have been missed. */
export type Notified = (payload: string | null) => void;

export interface Listener {
  /** False: notifications do not arrive, so the caller must poll. */
  working(): boolean;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** A client that is not connected yet. */
  connect(): Client;
  /** Sends the trial notification, over another connection. */
  readonly queries: Queries;
  /** A plain word of lower-case letters and underscores. */
  readonly channel: string;
  readonly notified: Notified;
  readonly log: Logger;
  /** How long the trial notification may take; default 3,000. */
  readonly trialMs?: number;
}

const TRIAL = "trial";
const TRIAL_MS = 3000;
const MAX_PAUSE_MS = 5000;
/** A connection dropped by a firewall is silent; only a query on it fails. */
const ASK_MS = 30_000;

/** Resolves when the first connection listens, or is known not to. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { channel, log } = options;
  if (!/^[a-z_]+$/.test(channel)) throw new TypeError("A channel is a plain word.");
  const stop = new AbortController();
  let working = false;
  const first = Promise.withResolvers<void>();
  const running = run();
  await first.promise;
  return {
    working: () => working,
    async close() {
      stop.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    for (let pause = 100; !stop.signal.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        await once();
        pause = 100;
      } catch (error) {
        log.debug({ err: error }, "lost the connection for notifications");
      }
      working = false;
      first.resolve();
      await wait(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  /** Listens until the connection is lost or the listener is closed. */
  async function once(): Promise<void> {
    const client = options.connect();
    const lost = Promise.withResolvers<void>();
    const trial = Promise.withResolvers<boolean>();
    client.on("error", () => lost.resolve());
    client.on("end", () => lost.resolve());
    client.on("notification", ({ payload = "" }) => {
      if (payload === TRIAL) trial.resolve(true);
      else options.notified(payload);
    });
    stop.signal.addEventListener("abort", () => lost.resolve(), { once: true });
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      await options.queries.run("SELECT pg_notify($1, $2)", [channel, TRIAL]);
      working = await Promise.race([
        trial.promise,
        lost.promise.then(() => false),
        wait(options.trialMs ?? TRIAL_MS, false, { ref: false }),
      ]);
      if (!working && !stop.signal.aborted) {
        log.warn(
          "NOTIFY does not arrive, so the queue polls. DATABASE_URL probably goes through a pooler in transaction mode: use a direct connection or session mode.",
        );
      }
      first.resolve();
      options.notified(null);
      const asking = setInterval(() => {
        Promise.race([client.query("SELECT 1"), wait(ASK_MS / 2, null, { ref: false })]).then(
          (answer) => answer === null && lost.resolve(),
          () => lost.resolve(),
        );
      }, ASK_MS);
      asking.unref();
      await lost.promise;
      clearInterval(asking);
    } finally {
      await Promise.race([client.end().catch(() => undefined), wait(1000, undefined, { ref: false })]);
    }
  }
}
