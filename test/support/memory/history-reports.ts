/** Reporting histories, in memory. */
import type { PastFinding } from "../../../src/domain/index.ts";
import type { RecordTables } from "../../../src/store/index.ts";
import { at, of } from "./state.ts";
import type { State, StoredKey } from "./state.ts";

export function historyKeysOf(
  state: () => State,
  isActive: (id: number) => boolean,
): RecordTables["historyKeys"] {
  const installationOf = (id: number): number | undefined => state().repositories.get(id)?.installationId;
  const all = (): readonly StoredKey[] => [...state().historyKeys.values()];
  const activeOf = (installationId: number): readonly StoredKey[] =>
    all().filter(
      ({ repositoryId }) => isActive(repositoryId) && installationOf(repositoryId) === installationId,
    );
  const waits = ({ standing, addedAt, toldAt }: StoredKey): boolean =>
    standing === "issue" && addedAt === null && toldAt === null;
  const isUntold = ({ standing, toldAt }: StoredKey): boolean => standing === "issue" && toldAt === null;
  const change = (id: number, fingerprints: readonly string[], fields: Partial<StoredKey>): void => {
    for (const fingerprint of fingerprints) {
      const key = state().historyKeys.get(at(id, fingerprint));
      if (key !== undefined) state().historyKeys.set(at(id, fingerprint), { ...key, ...fields });
    }
  };
  const placesOf = (id: number, fingerprint: string): readonly PastFinding[] =>
    of(state().pastFindings, id)
      .map(({ past }) => past)
      .filter(({ finding, trust }) => finding.fingerprint === fingerprint && trust === "writer");
  return {
    async plan(id, keys) {
      const planned = new Set(keys.map(({ fingerprint }) => fingerprint));
      for (const { fingerprint, toldAt, addedAt } of of(state().historyKeys, id)) {
        if (toldAt === null && addedAt === null && !planned.has(fingerprint))
          state().historyKeys.delete(at(id, fingerprint));
      }

      for (const key of keys) {
        const known = state().historyKeys.get(at(id, key.fingerprint));
        const addedAt = known === undefined || known.toldAt !== null ? null : known.addedAt;
        const { fingerprint, standing, accountCreated, isAtTip } = key;
        const stored = { fingerprint, standing, accountCreated, isAtTip, repositoryId: id };
        state().historyKeys.set(at(id, fingerprint), { ...stored, addedAt, toldAt: null });
      }
    },
    next: async (installationId) =>
      activeOf(installationId).filter(waits).toSorted(byNewest)[0]?.repositoryId ?? null,
    waiting: async (id) =>
      of(state().historyKeys, id)
        .filter(waits)
        .toSorted(byNewest)
        .map(({ fingerprint }) => fingerprint),
    standings: async (id) =>
      of(state().historyKeys, id)
        .map(({ fingerprint, standing, toldAt }) => ({ fingerprint, standing, isTold: toldAt !== null }))
        .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
    added: async (id, fingerprints, time) => change(id, fingerprints, { addedAt: time }),
    told: async (id, fingerprints, time) => change(id, fingerprints, { toldAt: time }),
    async unfinished(installationId) {
      const begun = activeOf(installationId).filter((key) => isUntold(key) && key.addedAt !== null);
      const [repositoryId] = begun.map((key) => key.repositoryId).toSorted((a, b) => a - b);
      if (repositoryId === undefined) return null;
      const own = begun.filter((key) => key.repositoryId === repositoryId);
      return { repositoryId, fingerprints: own.map(({ fingerprint }) => fingerprint).toSorted() };
    },
    async lastAddedAt(installationId) {
      const times = all()
        .filter(({ repositoryId }) => installationOf(repositoryId) === installationId)
        .flatMap(({ addedAt }) => addedAt?.getTime() ?? []);
      return times.length === 0 ? null : new Date(Math.max(...times));
    },
    async installationsWaiting() {
      const rows = all().filter((key) => isUntold(key) && isActive(key.repositoryId));
      const byInstallation = Map.groupBy(rows, ({ repositoryId }) => installationOf(repositoryId) ?? 0);
      return [...byInstallation]
        .map(([installationId, keys]) => ({
          installationId,
          repositoryId: Math.min(...keys.map(({ repositoryId }) => repositoryId)),
        }))
        .toSorted((a, b) => a.installationId - b.installationId);
    },
    async firstPlaces(rows) {
      const places = rows.flatMap(({ repositoryId, fingerprint }) => {
        const key = state().historyKeys.get(at(repositoryId, fingerprint));
        if (key === undefined || key.standing !== "issue") return [];
        return placesOf(repositoryId, fingerprint).map((past) => ({ repositoryId, past }));
      });
      const arrivals = [...state().pastFindings.values()].map(({ past }) => past);
      return new Map(
        [...Map.groupBy(places, ({ past }) => past.finding.fingerprint)].flatMap(([fingerprint, group]) => {
          const [first] = group.toSorted((a, b) => arrivals.indexOf(a.past) - arrivals.indexOf(b.past));
          const isAtTip = group.some(({ past }) => past.origin.isAtTip === true);
          return first === undefined ? [] : [[fingerprint, { ...first, isAtTip }] as const];
        }),
      );
    },
    trusts: async (id, fingerprint) =>
      [
        ...new Set(
          of(state().pastFindings, id)
            .filter(({ past }) => past.finding.fingerprint === fingerprint)
            .map(({ past }) => past.trust),
        ),
      ].toSorted(),
    async counts(installationId) {
      const keys = activeOf(installationId);
      return {
        waiting: keys.filter(isUntold).length,
        summary: keys.filter(({ standing }) => standing === "summary").length,
        stranger: keys.filter(({ standing }) => standing === "stranger").length,
      };
    },
    async unfiled(installationId, limit) {
      const keys = activeOf(installationId)
        .filter(({ standing }) => standing === "summary")
        .toSorted(byNewest)
        .slice(0, limit);
      return keys.flatMap(({ repositoryId, fingerprint }) => {
        const places = placesOf(repositoryId, fingerprint);
        const repository = state().repositories.get(repositoryId);
        const [past] = places;
        if (past === undefined || repository === undefined) return [];
        const isAtTip = places.some(({ origin }) => origin.isAtTip === true);
        return [{ repositoryId, past, isAtTip, owner: repository.owner, name: repository.name }];
      });
    },
    async unread(installationId, limit) {
      return [...state().histories.values()]
        .filter(
          ({ repositoryId: id, state: is, gaps }) =>
            isActive(id) &&
            installationOf(id) === installationId &&
            (is === "too_large" || is === "failed" || gaps.length > 0),
        )
        .toSorted((a, b) => a.repositoryId - b.repositoryId)
        .slice(0, limit)
        .map(({ repositoryId, state: is, problem, gaps }) => {
          const { owner = "", name = "" } = state().repositories.get(repositoryId) ?? {};
          return { repositoryId, owner, name, state: is, problem, gaps };
        });
    },
    async histories(installationId, limit) {
      return [...state().histories.values()]
        .filter(({ repositoryId: id }) => isActive(id) && installationOf(id) === installationId)
        .map(({ repositoryId }) => repositoryId)
        .toSorted((a, b) => a - b)
        .slice(0, limit);
    },
  };
}

/** The order of the statement, in bytes. */
function byNewest(a: StoredKey, b: StoredKey): number {
  return (
    compare(b.accountCreated ?? "", a.accountCreated ?? "") ||
    Number(b.isAtTip) - Number(a.isAtTip) ||
    a.repositoryId - b.repositoryId ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function historyChecksOf(state: () => State): RecordTables["historyChecks"] {
  return {
    find: async (id) => state().historyChecks.get(at(id, "")) ?? null,
    async put(id, check) {
      state().historyChecks.set(at(id, ""), check);
    },
  };
}
