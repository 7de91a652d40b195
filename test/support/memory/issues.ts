import type { RecordTables } from "../../../src/store/index.ts";
import { at } from "./state.ts";
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
      state().formerIssues.set(at(issue.repositoryId, `${issue.number}`), { ...issue, sourceId });
    },
    left: async (sourceId) =>
      [...state().formerIssues.values()]
        .filter((issue) => issue.sourceId === sourceId)
        .toSorted((a, b) => a.repositoryId - b.repositoryId || a.number - b.number)
        .map(({ repositoryId, number, nextUrl }) => ({ repositoryId, number, nextUrl })),
    async retired(id, number) {
      state().formerIssues.delete(at(id, `${number}`));
    },
  };
}
