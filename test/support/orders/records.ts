/**
 * The record of a history: in memory, or over PostgreSQL. Both show what is on record, and whether anything is under way,
 * so that the next step of a history begins when the one before has ended.
 */
import { z } from "zod";
import type { ScopeRecord } from "../../../src/domain/index.ts";
import { createRecord } from "../../../src/store/index.ts";
import type { CheckRecord, Database, Leak, NewJob, RecordStore } from "../../../src/store/index.ts";
import { TABLES_OF_REPOSITORY } from "../../../src/store/retention.ts";
import { guarded, MemoryRecord } from "../memory-record.ts";
import { REPOSITORY } from "./site.ts";

type OrPromise<Value> = Value | Promise<Value>;

export interface HistoryRecord {
  /** As one process sees it: what a dead one asks for is never done and never answered. */
  open(isAlive?: () => boolean): RecordStore;
  scopesAt(head: string): OrPromise<readonly ScopeRecord[]>;
  /** Every check that no process is writing now. */
  checks(): OrPromise<readonly { readonly head: string; readonly check: CheckRecord }[]>;
  leaks(): OrPromise<readonly Leak[]>;
  /** Commits that a ref, pull request or merge group points at. */
  pointedHeads(): OrPromise<ReadonlySet<string>>;
  isBusy(): boolean;
}

/** @param store where jobs go when their transaction is committed */
export type MakeRecord = (store: (jobs: readonly NewJob[]) => void) => HistoryRecord;

export const inMemory: MakeRecord = (store) => {
  const memory = new MemoryRecord(store);
  return {
    open: (isAlive) => memory.open(isAlive),
    scopesAt: (head) => memory.scopes().filter((scope) => scope.head === head),
    checks: () => memory.checks(),
    leaks: () => memory.leaks(),
    pointedHeads: () => memory.pointedHeads(),
    isBusy: () => false,
  };
};

/** Empties the tables that a history fills. */
export async function emptyTables(database: Database): Promise<void> {
  const tables = [
    "deliveries",
    "redeliveries",
    "deliveries_compared",
    "repositories",
    ...TABLES_OF_REPOSITORY,
  ];
  await database.run(tables.map((table) => `DELETE FROM ${table}`).join("; "));
}

/** Over a database that nothing else uses meanwhile. */
export function overPostgres(database: Database): MakeRecord {
  return (store) => {
    let [pending, collected]: [number, NewJob[]] = [0, []];
    const sql = createRecord(database, {
      enqueue: async (_queries, jobs) => {
        collected.push(...jobs);
      },
    });
    // One transaction after the other, so that each keeps its own jobs until it is committed.
    let turn: Promise<unknown> = Promise.resolve();
    const counted = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      pending += 1;
      try {
        return await work();
      } finally {
        pending -= 1;
      }
    };
    const transaction: RecordStore["transaction"] = async (work) => {
      const result = turn.then(async () => {
        collected = [];
        const value = await sql.transaction(work);
        store(collected);
        return value;
      });
      turn = result.catch(() => undefined);
      return result;
    };
    return {
      open(isAlive = () => true) {
        const run = <Result>(work: () => Promise<Result>): Promise<Result> =>
          isAlive() ? counted(work) : Promise.withResolvers<Result>().promise;
        return { ...guarded(sql, run), transaction: (work) => run(() => transaction(work)) };
      },
      scopesAt: (head) => sql.scopes.atHead(REPOSITORY.id, head),
      async checks() {
        const rows = await database.rows(
          z.object({ head: z.string() }),
          "SELECT head FROM check_runs WHERE writer IS NULL AND external_id IS NOT NULL AND wanted = shown",
        );
        const found = await Promise.all(
          rows.map(async ({ head }) => ({ head, check: await sql.checks.find(REPOSITORY.id, head) })),
        );
        return found.flatMap(({ head, check }) => (check === null ? [] : [{ head, check }]));
      },
      leaks: () => sql.leaks.all(REPOSITORY.id),
      async pointedHeads() {
        const rows = await database.rows(
          z.object({ head: z.string() }),
          "SELECT head FROM subjects WHERE head IS NOT NULL",
        );
        return new Set(rows.map(({ head }) => head));
      },
      isBusy: () => pending > 0,
    };
  };
}
