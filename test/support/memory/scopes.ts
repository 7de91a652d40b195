import type { ScopeRecord } from "../../../src/domain/index.ts";
import { URGENCIES } from "../../../src/store/index.ts";
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
    async trustsShowing(repositoryId, fingerprint, since) {
      const trusts = of(state().scopes, repositoryId)
        .filter(({ notedAt }) => since === null || notedAt >= since)
        .filter(({ findings }) => findings.some(({ finding }) => finding.fingerprint === fingerprint))
        .map(({ trust }) => trust);
      return [...new Map(trusts.map((trust) => [JSON.stringify(trust), trust])).values()];
    },
    async broughtBy(repositoryId, fingerprint) {
      const [first] = of(state().scopes, repositoryId)
        .filter(({ findings }) => findings.some(({ finding }) => finding.fingerprint === fingerprint))
        .toSorted((a, b) => a.firstNotedAt.getTime() - b.firstNotedAt.getTime() || (a.id < b.id ? -1 : 1));
      const author = first?.trust.kind === "author" ? first.trust.login : null;
      return [first?.facts.pusher, author].flatMap((login) => login ?? []);
    },
    async pointedHeadsShowing(repositoryId, fingerprint) {
      const showing = of(state().scopes, repositoryId).filter(({ findings }) =>
        findings.some(({ finding }) => finding.fingerprint === fingerprint),
      );
      const branch = state().repositories.get(repositoryId)?.defaultBranch ?? null;
      const pointed = [...Map.groupBy(showing, ({ head }) => head)].flatMap(([head, scopes]) => {
        const red = state().checks.get(at(repositoryId, head))?.run?.conclusion === "failure";
        const ranks = of(state().subjects, repositoryId)
          .filter((subject) => subject.head === head)
          .map(({ key }) => rankOf(key, branch, red));
        const latest = Math.max(...scopes.map(({ asOf }) => asOf.getTime()));
        return ranks.length === 0 ? [] : [{ head, latest, rank: Math.min(...ranks) }];
      });
      return pointed
        .toSorted((a, b) => a.rank - b.rank || b.latest - a.latest || (a.head < b.head ? -1 : 1))
        .map(({ head, rank }) => ({ head, urgency: URGENCIES[rank] ?? "other" }));
    },
    async refs(repositoryId) {
      const pushes = of(state().subjects, repositoryId).filter(({ key }) => key.startsWith("push:"));
      return new Map(pushes.map(({ key, head }) => [key.slice("push:".length), head]));
    },
  };
}

/** Place in `URGENCIES` of a commit that the key points at. */
function rankOf(key: string, defaultBranch: string | null, red: boolean): number {
  if (key.startsWith("pull_request:") || key.startsWith("merge_group:")) return 0;
  if (key === `push:refs/heads/${defaultBranch}`) return 1;
  return key.startsWith("push:refs/tags/") && red ? 2 : 3;
}
