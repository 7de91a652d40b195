import { installationIdSchema } from "../../../src/domain/index.ts";
import type { RecordTables, RepositoryRecord } from "../../../src/store/index.ts";
import { at } from "./state.ts";
import type { State } from "./state.ts";

function differsFrom(known: RepositoryRecord, said: { readonly installationId: number }): boolean {
  return known.installationId !== said.installationId;
}

export function repositoriesOf(state: () => State): RecordTables["repositories"] {
  const fresh = {
    defaultBranch: null,
    state: "active",
    unsure: false,
    installationDoubt: false,
    coveredSince: null,
    baselineAt: null,
    historyReadAt: null,
    issuesReadAt: null,
    hasUnknownIssues: false,
    refsComparedAt: null,
    refsNotedAt: null,
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
      const doubt = known !== undefined && (differsFrom(known, repository) || known.state === "removed");
      state().repositories.set(repository.id, {
        ...fresh,
        ...known,
        ...repository,
        installationId: known?.installationId ?? installationIdSchema.parse(repository.installationId),
        state: "active",
        unsure: (known?.unsure ?? false) || differs,
        installationDoubt: (known?.installationDoubt ?? false) || doubt,
      });
      state().removedAt.delete(repository.id);
    },
    async confirm({ id, installationId, owner, name, private: hidden, defaultBranch }, is) {
      const known = state().repositories.get(id);
      if (known?.installationId !== installationId || known.installationDoubt) return false;
      change(id, { owner, name, private: hidden, defaultBranch, state: is, unsure: false });
      state().removedAt.delete(id);
      return true;
    },
    async noteInstalled(repositories, since) {
      for (const repository of repositories) {
        const known = state().repositories.get(repository.id);
        const stays = known !== undefined && known.state !== "removed";
        state().repositories.set(repository.id, {
          ...fresh,
          ...known,
          ...repository,
          installationId: stays
            ? known.installationId
            : installationIdSchema.parse(repository.installationId),
          installationDoubt: stays && (known.installationDoubt || differsFrom(known, repository)),
          coveredSince: known?.coveredSince ?? since,
          state: "active",
          unsure: true,
        });
        state().removedAt.delete(repository.id);
      }
    },
    async settleInstallation(id, from, is) {
      const known = state().repositories.get(id);
      if (known === undefined || known.installationId !== from || !known.installationDoubt) return;
      change(id, {
        installationDoubt: false,
        ...(is === null
          ? { state: "removed" }
          : { installationId: installationIdSchema.parse(is), unsure: true }),
      });
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
    setHistoryReadAt: async (id, time) => change(id, { historyReadAt: time }),
    setIssuesReadAt: async (id, time) => change(id, { issuesReadAt: time }),
    setUnknownIssues: async (id, hasUnknownIssues) => change(id, { hasUnknownIssues }),
    async toMatch(before, limit) {
      const reported = new Set([...state().leaks.values()].map((leak) => leak.reportRepositoryId));
      const hasNeutral = (id: number): boolean =>
        typeof state().neutralIssues.get(at(id))?.number === "number";
      const due = [...state().repositories.values()].filter(
        ({ id, state: is, issuesReadAt: read }) =>
          is === "active" && isDue(read, before) && (reported.has(id) || hasNeutral(id)),
      );
      const time = ({ issuesReadAt: read }: RepositoryRecord): number => read?.getTime() ?? 0;
      return due
        .toSorted((a, b) => time(a) - time(b) || a.id - b.id)
        .slice(0, limit)
        .map(({ id }) => id);
    },
    setRefsComparedAt: async (id, time) => change(id, { refsComparedAt: time }),
    setRefsNotedAt: async (id, time) => change(id, { refsNotedAt: time }),
    hidden: async (ids) =>
      ids.filter((id) => state().repositories.get(id)?.private === true).toSorted((a, b) => a - b),
    withoutBaseline: async (limit) =>
      [...state().repositories.values()]
        .filter((row) => row.state === "active" && row.baselineAt === null)
        .map((row) => row.id)
        .toSorted((a, b) => a - b)
        .slice(0, limit),
    async toCompare(before, limit) {
      const due = [...state().repositories.values()].filter(
        (row) =>
          row.state === "active" &&
          row.baselineAt !== null &&
          row.baselineAt < before &&
          isDue(row.refsComparedAt, before),
      );
      const time = (row: RepositoryRecord): number => row.refsComparedAt?.getTime() ?? 0;
      return due
        .toSorted((a, b) => time(a) - time(b) || a.id - b.id)
        .slice(0, limit)
        .map((row) => row.id);
    },
  };
}

/** A time far in the future was noted while a clock was wrong. */
function isDue(at: Date | null, before: Date): boolean {
  return at === null || at < before || at.getTime() > before.getTime() + 2 * 24 * 60 * 60_000;
}
