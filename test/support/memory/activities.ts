import { ASKED_KINDS } from "../../../src/store/index.ts";
import type { RecordTables } from "../../../src/store/index.ts";
import { at } from "./state.ts";
import type { State } from "./state.ts";

export function activitiesOf(
  state: () => State,
  isActive: (id: number) => boolean,
): RecordTables["activities"] {
  return {
    async find(repositoryId, fingerprints) {
      return new Map(
        fingerprints.flatMap((fingerprint) => {
          const known = state().activities.get(at(repositoryId, fingerprint));
          return known === undefined ? [] : [[fingerprint, known] as const];
        }),
      );
    },
    async put(repositoryId, fingerprint, activity) {
      state().activities.set(at(repositoryId, fingerprint), activity);
    },
    async due(now, limit, only) {
      const asked: readonly string[] = ASKED_KINDS;
      const due = [...state().leaks].filter(([key, leak]) => {
        const known = state().activities.get(key);
        if (!asked.includes(leak.kind) || !isActive(leak.repositoryId)) return false;
        if (only !== undefined && leak.repositoryId !== only) return false;
        if (known === undefined) return leak.state === "open";
        return known.nextAt !== null && known.nextAt <= now && leak.state !== "dismissed";
      });
      return due
        .map(([, { repositoryId, fingerprint }]) => ({ repositoryId, fingerprint }))
        .toSorted((a, b) => a.repositoryId - b.repositoryId || (a.fingerprint < b.fingerprint ? -1 : 1))
        .slice(0, limit);
    },
  };
}
