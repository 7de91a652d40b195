import type { CommitScan, Finding, LeakEvent, ScopeRecord, Subject } from "../../src/domain/index.ts";
import { MAX_LOCATIONS, placeOf } from "../../src/store/index.ts";
import type {
  AcceptedGap,
  CheckRecord,
  Leak,
  NewJob,
  RecordStore,
  RecordTables,
  RepositoryRecord,
  Tip,
} from "../../src/store/index.ts";

interface StoredCheck extends CheckRecord {
  readonly repositoryId: number;
  readonly head: string;
  readonly touchedAt: Date;
  readonly writer: string | null;
  readonly writerUntil: Date | null;
}

/** Everything on record, in maps by the keys of the tables. Rows are replaced and never changed. */
interface State {
  readonly deliveries: Map<string, Date>;
  readonly redeliveries: Map<string, number>;
  readonly repositories: Map<number, RepositoryRecord>;
  readonly subjects: Map<string, Subject>;
  readonly scopes: Map<string, ScopeRecord>;
  readonly tips: Map<string, Tip>;
  readonly checks: Map<string, StoredCheck>;
  readonly leaks: Map<string, Leak>;
  readonly locations: Map<string, readonly Finding[]>;
  readonly events: Map<string, readonly LeakEvent[]>;
  readonly acceptedGaps: Map<string, AcceptedGap>;
  readonly commitScans: Map<string, CommitScan>;
}

function emptyState(): State {
  return {
    deliveries: new Map(),
    redeliveries: new Map(),
    repositories: new Map(),
    subjects: new Map(),
    scopes: new Map(),
    tips: new Map(),
    checks: new Map(),
    leaks: new Map(),
    locations: new Map(),
    events: new Map(),
    acceptedGaps: new Map(),
    commitScans: new Map(),
  };
}

function copyOf(state: State): State {
  return {
    deliveries: new Map(state.deliveries),
    redeliveries: new Map(state.redeliveries),
    repositories: new Map(state.repositories),
    subjects: new Map(state.subjects),
    scopes: new Map(state.scopes),
    tips: new Map(state.tips),
    checks: new Map(state.checks),
    leaks: new Map(state.leaks),
    locations: new Map(state.locations),
    events: new Map(state.events),
    acceptedGaps: new Map(state.acceptedGaps),
    commitScans: new Map(state.commitScans),
  };
}

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

  leaks(): readonly Leak[] {
    return [...this.#state.leaks.values()];
  }
}

function guarded(tables: RecordTables, run: <R>(work: () => Promise<R>) => Promise<R>): RecordTables {
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
    checks: guard(tables.checks),
    leaks: guard(tables.leaks),
    acceptedGaps: guard(tables.acceptedGaps),
    commitScans: guard(tables.commitScans),
  };
}

function at(repositoryId: number, ...rest: readonly string[]): string {
  return [repositoryId, ...rest].join("\n");
}

function of<Row>(rows: ReadonlyMap<string, Row>, repositoryId: number): Row[] {
  return [...rows].filter(([key]) => key.startsWith(`${repositoryId}\n`)).map(([, row]) => row);
}

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].toSorted();
}

function tablesOf(state: () => State): RecordTables {
  const isActive = (id: number): boolean => state().repositories.get(id)?.state === "active";
  return {
    deliveries: {
      async add(id, time) {
        if (state().deliveries.has(id)) return false;
        state().deliveries.set(id, time);
        return true;
      },
      isAccepted: async (id) => state().deliveries.has(id),
      async countRedelivery(id) {
        const times = (state().redeliveries.get(id) ?? 0) + 1;
        state().redeliveries.set(id, times);
        return times;
      },
      async removeBefore(time) {
        for (const [id, accepted] of state().deliveries) if (accepted < time) state().deliveries.delete(id);
      },
    },
    repositories: repositoriesOf(state),
    scopes: scopesOf(state, isActive),
    tips: {
      find: async (repositoryId, sha) => state().tips.get(at(repositoryId, sha)) ?? null,
      async put(repositoryId, tips) {
        for (const tip of tips) state().tips.set(at(repositoryId, tip.sha), tip);
      },
      async named(repositoryId, { at: time, firstRef, limit }) {
        const order = (tip: Tip): string =>
          [tip.ref === firstRef ? 0 : 1, tip.kind === "baseline" ? 1 : 0, tip.ref, tip.sha].join("\n");
        return of(state().tips, repositoryId)
          .filter((tip) => tip.knownAt < time && (tip.coveredAt === null || tip.coveredAt >= time))
          .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
          .slice(0, limit);
      },
      hasBaseline: async (repositoryId) =>
        of(state().tips, repositoryId).some((tip) => tip.kind === "baseline"),
    },
    checks: checksOf(state, isActive),
    leaks: leaksOf(state, isActive),
    acceptedGaps: {
      async put(repositoryId, gaps) {
        for (const gap of gaps) {
          const key = at(repositoryId, gap.subject);
          if (!state().acceptedGaps.has(key)) state().acceptedGaps.set(key, gap);
        }
      },
      async find(repositoryId, subjects) {
        const known = of(state().acceptedGaps, repositoryId).filter((gap) => subjects.includes(gap.subject));
        return new Map(known.map((gap) => [gap.subject, gap]));
      },
    },
    commitScans: {
      async find(repositoryId, version, commits) {
        const known = commits.map((sha) => state().commitScans.get(at(repositoryId, sha, version)));
        return new Map(known.flatMap((scan) => (scan === undefined ? [] : [[scan.sha, scan] as const])));
      },
      async save(repositoryId, version, scans) {
        for (const scan of scans) {
          const key = at(repositoryId, scan.sha, version);
          if (state().commitScans.get(key)?.gaps.length !== 0) state().commitScans.set(key, scan);
        }
      },
    },
  };
}

function repositoriesOf(state: () => State): RecordTables["repositories"] {
  const fresh = {
    defaultBranch: null,
    state: "active",
    unsure: false,
    baselineAt: null,
    historyReadAt: null,
    issuesReadAt: null,
    refsComparedAt: null,
  } as const;
  const change = (id: number, fields: Partial<RepositoryRecord>): void => {
    const known = state().repositories.get(id);
    if (known !== undefined) state().repositories.set(id, { ...known, ...fields });
  };
  return {
    find: async (id) => state().repositories.get(id) ?? null,
    async note(repository) {
      const known = state().repositories.get(repository.id);
      const differs =
        known !== undefined &&
        (known.owner !== repository.owner ||
          known.name !== repository.name ||
          known.private !== repository.private ||
          known.state !== "active");
      state().repositories.set(repository.id, {
        ...fresh,
        ...known,
        ...repository,
        state: "active",
        unsure: (known?.unsure ?? false) || differs,
      });
    },
    async confirm(repository, is) {
      change(repository.id, { ...repository, state: is, unsure: false });
    },
    async noteInstalled(repositories) {
      for (const repository of repositories) {
        const known = state().repositories.get(repository.id);
        state().repositories.set(repository.id, {
          ...fresh,
          ...known,
          ...repository,
          state: "active",
          unsure: true,
        });
      }
    },
    async remove(installationId, ids) {
      for (const [id, row] of state().repositories) {
        if (row.installationId === installationId && (ids === null || ids.includes(id)))
          change(id, { state: "removed" });
      }
    },
    async setState(id, is, unsure) {
      change(id, { state: is, unsure: unsure || (state().repositories.get(id)?.unsure ?? false) });
    },
    setBaselineAt: async (id, time) => change(id, { baselineAt: time }),
    setIssuesReadAt: async (id, time) => change(id, { issuesReadAt: time }),
    setRefsComparedAt: async (id, time) => change(id, { refsComparedAt: time }),
    async toCompare(before, limit) {
      const due = [...state().repositories.values()].filter(
        (row) =>
          row.state === "active" &&
          row.baselineAt !== null &&
          row.baselineAt < before &&
          (row.refsComparedAt === null || row.refsComparedAt < before),
      );
      const time = (row: RepositoryRecord): number => row.refsComparedAt?.getTime() ?? 0;
      return due
        .toSorted((a, b) => time(a) - time(b) || a.id - b.id)
        .slice(0, limit)
        .map((row) => row.id);
    },
  };
}

function scopesOf(state: () => State, isActive: (id: number) => boolean): RecordTables["scopes"] {
  const put = (scope: ScopeRecord): void => {
    state().scopes.set(at(scope.repositoryId, scope.id), scope);
  };
  const byTime = (a: ScopeRecord, b: ScopeRecord): number =>
    a.notedAt.getTime() - b.notedAt.getTime() || (a.id < b.id ? -1 : 1);
  return {
    subject: async (repositoryId, key) => state().subjects.get(at(repositoryId, key)) ?? null,
    async putSubject(subject) {
      state().subjects.set(at(subject.repositoryId, subject.key), subject);
    },
    find: async (repositoryId, id) => state().scopes.get(at(repositoryId, id)) ?? null,
    async note(scope) {
      const known = state().scopes.get(at(scope.repositoryId, scope.id));
      const { commits, findings, coverage, readAt } = known ?? {
        commits: [],
        findings: [],
        coverage: { commits: 0, files: 0, gaps: [] },
        readAt: null,
      };
      put({ ...scope, commits, findings, coverage, readAt });
    },
    async end(repositoryId, key, ending, which) {
      const ended = of(state().scopes, repositoryId).filter(
        (scope) =>
          scope.key === key &&
          scope.ended === null &&
          ("upTo" in which ? scope.asOf <= which.upTo : scope.asOf < which.before),
      );
      for (const scope of ended) put({ ...scope, ended: ending });
      return sorted(ended.map((scope) => scope.head));
    },
    async finish(repositoryId, id, generation, result, time) {
      const scope = state().scopes.get(at(repositoryId, id));
      if (scope === undefined || scope.generation !== generation || scope.state === "read") return false;
      put({ ...scope, ...result, state: "read", problem: null, readAt: time });
      return true;
    },
    async fail(repositoryId, id, generation, problem) {
      const scope = state().scopes.get(at(repositoryId, id));
      if (scope === undefined || scope.generation !== generation || scope.state !== "noted") return false;
      put({ ...scope, state: "failed", problem });
      return true;
    },
    atHead: async (repositoryId, head) =>
      of(state().scopes, repositoryId)
        .filter((scope) => scope.head === head)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    async firstOfKey(repositoryId, key) {
      const [first] = of(state().scopes, repositoryId)
        .filter((scope) => scope.key === key)
        .toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime() || byTime(a, b));
      return first ?? null;
    },
    unread: async (before, limit, repositoryId) =>
      [...state().scopes.values()]
        .filter((scope) => repositoryId === undefined || scope.repositoryId === repositoryId)
        .filter((scope) => scope.state === "noted" && scope.notedAt < before && isActive(scope.repositoryId))
        .toSorted(byTime)
        .slice(0, limit),
    wholePushesFrom: async (repositoryId, before) =>
      sorted(
        of(state().scopes, repositoryId)
          .filter(
            ({ scope, state: is, trust, coverage }) =>
              is === "read" &&
              scope.kind === "push" &&
              scope.before === before &&
              trust.kind === "writer" &&
              coverage.gaps.length === 0,
          )
          .map((scope) => scope.head),
      ),
    headsShowing: async (repositoryId, fingerprint) =>
      sorted(
        of(state().scopes, repositoryId)
          .filter(({ findings }) => findings.some(({ finding }) => finding.fingerprint === fingerprint))
          .map((scope) => scope.head),
      ),
    async refs(repositoryId) {
      const pushes = of(state().subjects, repositoryId).filter(({ key }) => key.startsWith("push:"));
      return new Map(pushes.map(({ key, head }) => [key.slice("push:".length), head]));
    },
  };
}

function checksOf(state: () => State, isActive: (id: number) => boolean): RecordTables["checks"] {
  const find = (repositoryId: number, head: string): StoredCheck | null =>
    state().checks.get(at(repositoryId, head)) ?? null;
  const put = (check: StoredCheck): void => {
    state().checks.set(at(check.repositoryId, check.head), check);
  };
  const changed = (
    check: StoredCheck | null,
    condition: (check: StoredCheck) => boolean,
    fields: Partial<StoredCheck>,
  ): boolean => {
    if (check === null || !condition(check)) return false;
    put({ ...check, ...fields });
    return true;
  };
  return {
    async find(repositoryId, head) {
      const check = find(repositoryId, head);
      if (check === null) return null;
      const { wanted, shown, rerun, run } = check;
      return { wanted, shown, rerun, run };
    },
    async touch(repositoryId, heads, time) {
      for (const head of new Set(heads)) {
        const check = find(repositoryId, head);
        const fresh = {
          repositoryId,
          head,
          shown: 0,
          rerun: false,
          run: null,
          writer: null,
          writerUntil: null,
        };
        put({ ...fresh, ...check, wanted: (check?.wanted ?? 0) + 1, touchedAt: time });
      }
    },
    async touchAll(repositoryId, time) {
      for (const check of of(state().checks, repositoryId))
        if (check.run !== null) put({ ...check, wanted: check.wanted + 1, touchedAt: time });
    },
    async wantNewRun(repositoryId, head) {
      changed(find(repositoryId, head), () => true, { rerun: true });
    },
    claim: async (repositoryId, head, writer, now, until) =>
      changed(
        find(repositoryId, head),
        (check) =>
          check.writer === null ||
          check.writer === writer ||
          (check.writerUntil !== null && check.writerUntil <= now),
        { writer, writerUntil: until },
      ),
    saveRun: async (repositoryId, head, writer, run, wanted) =>
      changed(
        find(repositoryId, head),
        (check) => check.writer === writer && (wanted === null || check.wanted === wanted),
        { run, rerun: false },
      ),
    settle: async (repositoryId, head, writer, wanted) =>
      changed(find(repositoryId, head), (check) => check.writer === writer && check.wanted === wanted, {
        shown: wanted,
        writer: null,
        writerUntil: null,
      }),
    async release(repositoryId, head, writer) {
      changed(find(repositoryId, head), (check) => check.writer === writer, {
        writer: null,
        writerUntil: null,
      });
    },
    async releaseAll() {
      for (const check of state().checks.values()) put({ ...check, writer: null, writerUntil: null });
    },
    stale: async (before, limit, repositoryId) =>
      [...state().checks.values()]
        .filter((check) => repositoryId === undefined || check.repositoryId === repositoryId)
        .filter(
          (check) => check.wanted !== check.shown && check.touchedAt < before && isActive(check.repositoryId),
        )
        .toSorted((a, b) => a.touchedAt.getTime() - b.touchedAt.getTime() || (a.head < b.head ? -1 : 1))
        .slice(0, limit)
        .map(({ repositoryId, head, wanted }) => ({ repositoryId, head, wanted })),
  };
}

function leaksOf(state: () => State, isActive: (id: number) => boolean): RecordTables["leaks"] {
  const change = (repositoryId: number, fingerprints: readonly string[], fields: Partial<Leak>): void => {
    for (const fingerprint of fingerprints) {
      const leak = state().leaks.get(at(repositoryId, fingerprint));
      if (leak !== undefined) state().leaks.set(at(repositoryId, fingerprint), { ...leak, ...fields });
    }
  };
  const addEvent = (key: string, event: LeakEvent): void => {
    state().events.set(key, [...(state().events.get(key) ?? []), event]);
  };
  return {
    async find(repositoryId, fingerprints) {
      const known = of(state().leaks, repositoryId).filter((leak) => fingerprints.includes(leak.fingerprint));
      return new Map(known.map((leak) => [leak.fingerprint, leak]));
    },
    all: async (repositoryId) =>
      of(state().leaks, repositoryId).toSorted(
        (a, b) => a.foundAt.getTime() - b.foundAt.getTime() || (a.fingerprint < b.fingerprint ? -1 : 1),
      ),
    async add(repositoryId, leaks, time) {
      for (const { leak: found, reportRepositoryId, locations } of leaks) {
        const { fingerprint, kind, mode, confidence, redacted, account, accountCreated } = found;
        const leak = { fingerprint, kind, mode, confidence, redacted, account, accountCreated };
        const key = at(repositoryId, leak.fingerprint);
        if (!state().leaks.has(key)) {
          const fresh = { issueNumber: null, issueUrl: null, issueAskedAt: null, issueDigest: null };
          const row = { ...fresh, ...leak, state: "open", foundAt: time, reportRepositoryId } as const;
          state().leaks.set(key, { ...row, reportProblem: null });
          addEvent(key, { from: null, to: "open", actor: null, how: "found", at: time });
        }
        const known = state().locations.get(key) ?? [];
        const places = new Set(known.map(placeOf));
        const more = new Map(locations.map((finding) => [placeOf(finding), finding]));
        const added = [...more]
          .filter(([place]) => !places.has(place))
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
        const all = [...known, ...added.map(([, finding]) => finding)];
        state().locations.set(key, all.slice(0, Math.max(known.length, MAX_LOCATIONS)));
      }
    },
    async locations(repositoryId, fingerprints) {
      const known = fingerprints.map(
        (each) => [each, state().locations.get(at(repositoryId, each))] as const,
      );
      return new Map(known.flatMap(([each, found]) => (found === undefined ? [] : [[each, [...found]]])));
    },
    async changeState(repositoryId, fingerprint, event) {
      const key = at(repositoryId, fingerprint);
      const leak = state().leaks.get(key);
      if (leak === undefined || leak.state !== event.from) return false;
      state().leaks.set(key, { ...leak, state: event.to });
      addEvent(key, event);
      return true;
    },
    events: async (repositoryId, fingerprint) => [
      ...(state().events.get(at(repositoryId, fingerprint)) ?? []),
    ],
    issueAsked: async (id, fingerprints, time) => change(id, fingerprints, { issueAskedAt: time }),
    async issueOpened(id, fingerprints, issue) {
      change(id, fingerprints, {
        reportRepositoryId: issue.repositoryId,
        issueNumber: issue.number,
        issueUrl: issue.url,
        issueDigest: issue.digest,
        reportProblem: null,
      });
    },
    issueGone: async (id, fingerprints) =>
      change(id, fingerprints, { issueNumber: null, issueUrl: null, issueDigest: null }),
    async reportFailed(id, fingerprints, problem) {
      const open = fingerprints.filter((each) => state().leaks.get(at(id, each))?.issueNumber === null);
      change(id, open, { reportProblem: problem });
    },
    async unreported(limit) {
      const keys = [...state().leaks].filter(
        ([, leak]) => leak.state === "open" && leak.issueNumber === null,
      );
      const ids = new Set(keys.map(([key]) => Number(key.split("\n")[0])));
      return [...ids]
        .filter(isActive)
        .toSorted((a, b) => a - b)
        .slice(0, limit);
    },
  };
}
