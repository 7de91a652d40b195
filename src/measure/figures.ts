/**
 * Gauges that are read when Prometheus asks: the state of this process, and what the record and the queue hold. The record's
 * figures are the same in every process over one database, so rules take their maximum and never their sum.
 */
import { Gauge } from "prom-client";
import type { Registry } from "prom-client";

/** What the record and the queue hold. */
export interface RecordFigures {
  readonly queue: readonly {
    readonly lane: string;
    readonly state: string;
    readonly jobs: number;
    /** Since the first of them was stored. */
    readonly oldestSeconds: number;
  }[];
  readonly leaks: readonly { readonly state: string; readonly leaks: number }[];
  /** Since the oldest open leak was found; 0 if none is open. */
  readonly oldestOpenLeakSeconds: number;
  readonly unreadScopes: number;
  /** Since the first of them was accepted; 0 if there is none. */
  readonly oldestUnreadSeconds: number;
  readonly staleChecks: number;
  /** Open leaks of the repositories that have most; null unless the operator asked for names. */
  readonly repositories: readonly { readonly repository: string; readonly leaks: number }[] | null;
}

/** What this process can say at once. */
export interface ProcessFigures {
  readonly threads: number;
  /** Searches that wait for a thread. */
  readonly waitingSearches: number;
  readonly connections: number;
  readonly idleConnections: number;
  /** Work that waits for a connection. */
  readonly waitingStatements: number;
}

export interface FigureSources {
  readonly process: () => ProcessFigures;
  /** Null: the database did not answer, and the gauges of the record are left out. */
  readonly record: () => Promise<RecordFigures | null>;
}

/** Adds the gauge of readiness, which is there from the start. */
export function showReady(registry: Registry, ready: () => boolean): void {
  void new Gauge({
    name: "rollcall_ready",
    help: "1: a delivery can be stored. The same as /readyz.",
    registers: [registry],
    collect() {
      this.set(ready() ? 1 : 0);
    },
  });
}

/** Adds the other gauges, once there are parts to ask. */
export function showFigures(registry: Registry, sources: FigureSources): void {
  showProcess(registry, sources.process);
  showRecord(registry, sources.record);
}

function showProcess(registry: Registry, read: () => ProcessFigures): void {
  const gauge = (name: string, help: string, value: (figures: ProcessFigures) => number): void =>
    void new Gauge({
      name: `rollcall_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value(read()));
      },
    });
  gauge("search_threads", "Threads that search files.", ({ threads }) => threads);
  gauge("search_waiting", "Files that wait for a thread.", ({ waitingSearches }) => waitingSearches);
  gauge("database_connections", "Connections to the database.", ({ connections }) => connections);
  gauge(
    "database_connections_idle",
    "Of them, those without work.",
    ({ idleConnections }) => idleConnections,
  );
  gauge(
    "database_waiting",
    "Statements that wait for a connection.",
    ({ waitingStatements }) => waitingStatements,
  );
}

function showRecord(registry: Registry, read: () => Promise<RecordFigures | null>): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    show: (gauge: Gauge, figures: RecordFigures) => void,
  ): void =>
    void new Gauge({
      name: `rollcall_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const figures = await read();
        this.reset();
        // Without labels a reset gauge is 0, which would say that all is well.
        if (figures === null && labelNames.length === 0) this.remove();
        if (figures !== null) show(this, figures);
      },
    });
  gauge("queue_jobs", "Jobs of the queue that are not done.", ["lane", "state"], (to, { queue }) => {
    for (const { lane, state, jobs } of queue) to.set({ lane, state }, jobs);
  });
  gauge("queue_age_seconds", "Since the first job that waits was stored.", ["lane"], (to, { queue }) => {
    for (const { lane, state, oldestSeconds } of queue)
      if (state === "waiting") to.set({ lane }, oldestSeconds);
  });
  gauge("leaks", "Leaks by state.", ["state"], (to, { leaks }) => {
    for (const one of leaks) to.set({ state: one.state }, one.leaks);
  });
  gauge("oldest_open_leak_seconds", "Since the oldest open leak was found.", [], (to, figures) =>
    to.set(figures.oldestOpenLeakSeconds),
  );
  gauge("unread_scopes", "Scopes that were accepted and not read yet.", [], (to, figures) =>
    to.set(figures.unreadScopes),
  );
  gauge("oldest_unread_scope_seconds", "Since the first of them was accepted.", [], (to, figures) =>
    to.set(figures.oldestUnreadSeconds),
  );
  gauge("stale_checks", "Checks that do not show what the record says.", [], (to, figures) =>
    to.set(figures.staleChecks),
  );
  gauge("repository_open_leaks", "Open leaks by repository, if asked for.", ["repository"], (to, figures) => {
    for (const { repository, leaks } of figures.repositories ?? []) to.set({ repository }, leaks);
  });
}
