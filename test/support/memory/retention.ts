import type { RecordTables } from "../../../src/store/index.ts";
import { at } from "./state.ts";
import type { State } from "./state.ts";

function removeOldest<Row>(
  rows: Map<string, Row>,
  timeOf: (row: Row, key: string) => Date | null,
  before: Date,
  limit: number,
): number {
  const aged = [...rows]
    .flatMap(([key, row]) => {
      const time = timeOf(row, key);
      return time !== null && time < before ? [{ key, time }] : [];
    })
    .toSorted((a, b) => a.time.getTime() - b.time.getTime())
    .slice(0, limit);
  for (const { key } of aged) rows.delete(key);
  return aged.length;
}

export function retentionOf(state: () => State): RecordTables["retention"] {
  const isClean = (repositoryId: number, head: string, before: Date): boolean => {
    const check = state().checks.get(at(repositoryId, head));
    const scopes = [...state().scopes.values()].filter(
      (scope) => scope.repositoryId === repositoryId && scope.head === head,
    );
    return (
      check?.run?.conclusion === "success" &&
      check.wanted === check.shown &&
      !check.run.pending &&
      !check.rerun &&
      check.writer === null &&
      check.touchedAt < before &&
      ![...state().subjects.values()].some(
        (subject) => subject.repositoryId === repositoryId && subject.head === head,
      ) &&
      scopes.every(
        (scope) =>
          scope.state === "read" &&
          scope.notedAt < before &&
          scope.findings.length === 0 &&
          scope.coverage.gaps.length === 0,
      )
    );
  };
  return {
    removeDeliveries: async (before, limit) =>
      removeOldest(state().deliveries, (accepted) => accepted, before, limit),
    removeRedeliveries: async (before, limit) =>
      removeOldest(state().redeliveries, ({ askedAt }) => askedAt, before, limit),
    removeCommitScans: async (before, limit) =>
      removeOldest(state().commitScans, ({ scannedAt }) => scannedAt, before, limit),
    removeSubjects: async (before, limit) =>
      removeOldest(state().subjects, ({ head, asOf }) => (head === null ? asOf : null), before, limit),
    async headsToExamine(before, limit) {
      const timeOf = (key: string, touchedAt: Date): number =>
        Math.max(touchedAt.getTime(), state().examined.get(key)?.getTime() ?? 0);
      return [...state().checks]
        .filter(
          ([key, check]) =>
            check.run?.conclusion === "success" && timeOf(key, check.touchedAt) < before.getTime(),
        )
        .toSorted(([a, one], [b, other]) => timeOf(a, one.touchedAt) - timeOf(b, other.touchedAt))
        .slice(0, limit)
        .map(([, { repositoryId, head }]) => ({ repositoryId, head }));
    },
    async examineHeads(repositoryId, heads, before, time) {
      const gone = heads.filter((head) => isClean(repositoryId, head, before));
      for (const head of gone) {
        state().checks.delete(at(repositoryId, head));
        for (const [key, scope] of state().scopes)
          if (scope.repositoryId === repositoryId && scope.head === head) state().scopes.delete(key);
      }
      for (const head of heads) state().examined.set(at(repositoryId, head), time);
      return gone.length;
    },
    async noteRemoved(time) {
      for (const { id, state: is } of state().repositories.values()) {
        if (is !== "removed") state().removedAt.delete(id);
        else if (!state().removedAt.has(id)) state().removedAt.set(id, time);
      }
    },
    removedRepositories: async (before, limit) =>
      [...state().removedAt]
        .filter(([id, time]) => time < before && state().repositories.get(id)?.state === "removed")
        .toSorted(([a, one], [b, other]) => one.getTime() - other.getTime() || a - b)
        .slice(0, limit)
        .map(([id]) => id),
    async removeOfRepository(id, before, limit) {
      const time = state().removedAt.get(id);
      if (time === undefined || time >= before || state().repositories.get(id)?.state !== "removed") return 0;
      const {
        scopes,
        checks,
        commitScans,
        subjects,
        tips,
        notedRefs,
        locations,
        events,
        leaks,
        acceptedGaps,
      } = state();
      const { activities, ignoredKeys, buttons, histories, pastFindings, holders } = state();
      const { historyKeys, historyChecks } = state();
      const { neutralIssues, toldPlaces, formerIssues } = state();
      for (const rows of [
        scopes,
        checks,
        commitScans,
        historyKeys,
        historyChecks,
        pastFindings,
        holders,
        histories,
        subjects,
        tips,
        notedRefs,
        locations,
        events,
        leaks,
        acceptedGaps,
        activities,
        ignoredKeys,
        buttons,
        neutralIssues,
        toldPlaces,
        formerIssues,
      ]) {
        const keys = [...rows.keys()].filter((key) => key.startsWith(`${id}\n`)).slice(0, limit);
        for (const key of keys) rows.delete(key);
        if (keys.length > 0) return keys.length;
      }
      const { reminders, summaries, drills } = state();
      for (const key of reminders.keys()) if (key.startsWith(`${id}\n`)) reminders.delete(key);
      for (const [key, { repositoryId }] of summaries) if (repositoryId === id) summaries.delete(key);
      for (const [key, { repositoryId }] of drills) if (repositoryId === id) drills.delete(key);
      state().repositories.delete(id);
      return 1;
    },
  };
}
