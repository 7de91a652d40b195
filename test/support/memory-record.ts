/**
 * The record in memory: the second implementation of the port, for tests that need many histories. Transactions come
 * one after the other and are rolled back when they throw; what a dead process asks for is never done.
 */
import type { ScopeRecord } from "../../src/domain/index.ts";
import type { CheckRecord, Leak, NewJob, RecordStore, RecordTables } from "../../src/store/index.ts";
import { copyOf, emptyState } from "./memory/state.ts";
import { tablesOf } from "./memory/tables.ts";

/** The record in memory: the second implementation of the port, for tests that need many histories. */
export class MemoryRecord {
  #state = emptyState();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #store: (jobs: readonly NewJob[]) => void;

  /** @param store where jobs go when their transaction is committed */
  constructor(store: (jobs: readonly NewJob[]) => void) {
    this.#store = store;
  }

  /**
   * The record as one process sees it: a transaction shows others nothing before it ends.
   *
   * @param isAlive whether the process still lives; what a dead one asks for is never done and never answered
   */
  open(isAlive: () => boolean = () => true): RecordStore {
    const raw = tablesOf(() => this.#state);
    const run = <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (!isAlive()) return Promise.withResolvers<Result>().promise;
      const result = this.#turn.then(work);
      this.#turn = result.catch(() => undefined);
      return result;
    };
    return {
      ...guarded(raw, run),
      transaction: (work) =>
        run(async () => {
          const before = copyOf(this.#state);
          const jobs: NewJob[] = [];
          try {
            const result = await work({
              ...raw,
              lock: async () => {},
              enqueue: async (more) => {
                jobs.push(...more);
              },
            });
            this.#store(jobs);
            return result;
          } catch (error) {
            this.#state = before;
            throw error;
          }
        }),
    };
  }

  /** Every scope on record, for a test to look at between two steps. */
  scopes(): readonly ScopeRecord[] {
    return [...this.#state.scopes.values()];
  }

  /** Every check on record that no process is writing now. */
  checks(): readonly { readonly head: string; readonly check: CheckRecord }[] {
    const checks = [...this.#state.checks.values()].filter(({ writer }) => writer === null);
    return checks.map((check) => ({ head: check.head, check }));
  }

  /** Commits that a ref, pull request or merge group points at. */
  pointedHeads(): ReadonlySet<string> {
    return new Set([...this.#state.subjects.values()].flatMap(({ head }) => head ?? []));
  }

  leaks(): readonly Leak[] {
    return [...this.#state.leaks.values()];
  }
}

/** The same tables, of which each call goes through `run`. */
export function guarded(tables: RecordTables, run: <R>(work: () => Promise<R>) => Promise<R>): RecordTables {
  const guard = <Table extends object>(table: Table): Table =>
    new Proxy(table, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function") return method;
        return (...values: unknown[]) =>
          run(async () => {
            const result: unknown = await Reflect.apply(method, target, values);
            return result;
          });
      },
    });
  return {
    deliveries: guard(tables.deliveries),
    repositories: guard(tables.repositories),
    scopes: guard(tables.scopes),
    tips: guard(tables.tips),
    notedRefs: guard(tables.notedRefs),
    checks: guard(tables.checks),
    leaks: guard(tables.leaks),
    issues: guard(tables.issues),
    acceptedGaps: guard(tables.acceptedGaps),
    ignoredKeys: guard(tables.ignoredKeys),
    buttons: guard(tables.buttons),
    activities: guard(tables.activities),
    commitScans: guard(tables.commitScans),
    histories: guard(tables.histories),
    historyKeys: guard(tables.historyKeys),
    historyChecks: guard(tables.historyChecks),
    outbox: guard(tables.outbox),
    reminders: guard(tables.reminders),
    owners: guard(tables.owners),
    retention: guard(tables.retention),
  };
}
