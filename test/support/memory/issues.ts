import type { RecordTables } from "../../../src/store/index.ts";
import { at, sorted } from "./state.ts";
import type { State } from "./state.ts";

export function issuesOf(state: () => State): RecordTables["issues"] {
  return {
    neutral: async (id) => state().neutralIssues.get(at(id)) ?? null,
    async putNeutral(id, issue) {
      state().neutralIssues.set(at(id), issue);
    },
    told: async (id, number) => state().toldPlaces.get(at(id, `${number}`)) ?? null,
    async tell(id, number, told) {
      state().toldPlaces.set(at(id, `${number}`), told);
    },
    async leave(sourceId, issue) {
      const key = at(issue.repositoryId, `${issue.number}`);
      const known = state().formerIssues.get(key)?.fingerprints ?? [];
      const fingerprints = sorted([...known, ...issue.fingerprints]);
      state().formerIssues.set(key, { ...issue, fingerprints, retiredAt: null, sourceId });
    },
    left: async (sourceId) =>
      [...state().formerIssues.values()]
        .filter((issue) => issue.sourceId === sourceId)
        .toSorted((a, b) => a.repositoryId - b.repositoryId || a.number - b.number)
        .map(({ repositoryId, number, fingerprints, retiredAt }) => ({
          repositoryId,
          number,
          fingerprints,
          retiredAt,
        })),
    async retired(id, number, time) {
      const key = at(id, `${number}`);
      const known = state().formerIssues.get(key);
      if (known !== undefined) state().formerIssues.set(key, { ...known, retiredAt: time });
    },
    async returned(id, number) {
      state().formerIssues.delete(at(id, `${number}`));
    },
  };
}
