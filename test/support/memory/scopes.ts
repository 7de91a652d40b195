import type { ScopeRecord } from "../../../src/domain/index.ts";
import type { RecordTables } from "../../../src/store/index.ts";
import { at, of, sorted } from "./state.ts";
import type { State } from "./state.ts";

export function scopesOf(state: () => State, isActive: (id: number) => boolean): RecordTables["scopes"] {
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
    async end(repositoryId, key, ending, which, limit) {
      const counting = of(state().scopes, repositoryId).filter(
        (scope) =>
          scope.key === key &&
          scope.ended === null &&
          ("upTo" in which ? scope.asOf <= which.upTo : scope.asOf < which.before),
      );
      const ended = counting
        .toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime() || (a.id < b.id ? -1 : 1))
        .slice(0, limit ?? counting.length);
      for (const scope of ended) put({ ...scope, ended: ending });
      return { heads: sorted(ended.map((scope) => scope.head)), count: ended.length };
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
