import type { CheckRecord, RecordTables } from "../../../src/store/index.ts";
import { at, of } from "./state.ts";
import type { State, StoredCheck } from "./state.ts";

export function checksOf(state: () => State, isActive: (id: number) => boolean): RecordTables["checks"] {
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
    find: async (repositoryId, head) => shownOf(find(repositoryId, head)),
    async plannedUntil(installationId, after) {
      const times = [...state().checks.values()]
        .filter(({ repositoryId, wanted, shown, touchedAt }) => {
          const known = state().repositories.get(repositoryId);
          return known?.installationId === installationId && wanted !== shown && touchedAt > after;
        })
        .map(({ touchedAt }) => touchedAt.getTime());
      return times.length === 0 ? null : new Date(Math.max(...times));
    },
    async pointedHeads(repositoryId, { newRefs = false } = {}) {
      const fresh = new Set(
        of(state().scopes, repositoryId).flatMap(({ scope, head }) =>
          scope.kind === "push" && scope.before === null ? [head] : [],
        ),
      );
      const pointed = new Set(of(state().subjects, repositoryId).map(({ head }) => head));
      return of(state().checks, repositoryId)
        .filter(({ head, run }) => run !== null && pointed.has(head) && (!newRefs || fresh.has(head)))
        .map(({ head }) => head)
        .toSorted();
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
    async take(repositoryId, head, writer, now, until) {
      const isTaken = changed(
        find(repositoryId, head),
        (check) => mayClaim(check, writer, now) && !isSettled(check),
        { writer, writerUntil: until },
      );
      return isTaken ? shownOf(find(repositoryId, head)) : null;
    },
    claim: async (repositoryId, head, writer, now, until) =>
      changed(find(repositoryId, head), (check) => mayClaim(check, writer, now), {
        writer,
        writerUntil: until,
      }),
    saveRun: async (repositoryId, head, writer, run, wanted) =>
      changed(
        find(repositoryId, head),
        (check) => check.writer === writer && (wanted === null || check.wanted === wanted),
        // An answer may come after a person clicked Re-run once more.
        wanted === null ? { run } : { run, rerun: false },
      ),
    async saveLast(repositoryId, head, writer, run, wanted) {
      const isKept = changed(find(repositoryId, head), (check) => check.writer === writer, {
        run,
      });
      if (!isKept) return "lost";
      const isSame = changed(find(repositoryId, head), (check) => check.wanted === wanted, {
        shown: wanted,
        writer: null,
        writerUntil: null,
      });
      return isSame ? "settled" : "changed";
    },
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

function shownOf(check: StoredCheck | null): CheckRecord | null {
  if (check === null) return null;
  const { wanted, shown, rerun, run } = check;
  return { wanted, shown, rerun, run };
}

function mayClaim(check: StoredCheck, writer: string, now: Date): boolean {
  return (
    check.writer === null ||
    check.writer === writer ||
    (check.writerUntil !== null && check.writerUntil <= now)
  );
}

function isSettled({ wanted, shown, rerun, run }: StoredCheck): boolean {
  return wanted === shown && !rerun && run !== null && !run.pending;
}
