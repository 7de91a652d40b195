import { installationIdSchema } from "../../../src/domain/index.ts";
import type { RecordTables, RepositoryRecord } from "../../../src/store/index.ts";
import type { State } from "./state.ts";

export function repositoriesOf(state: () => State): RecordTables["repositories"] {
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
        installationId: installationIdSchema.parse(repository.installationId),
        state: "active",
        unsure: (known?.unsure ?? false) || differs,
      });
      state().removedAt.delete(repository.id);
    },
    async confirm({ id, installationId, owner, name, private: hidden, defaultBranch }, is) {
      if (state().repositories.get(id)?.installationId !== installationId) return false;
      change(id, { owner, name, private: hidden, defaultBranch, state: is, unsure: false });
      state().removedAt.delete(id);
      return true;
    },
    async noteInstalled(repositories) {
      for (const repository of repositories) {
        const known = state().repositories.get(repository.id);
        state().repositories.set(repository.id, {
          ...fresh,
          ...known,
          ...repository,
          installationId: installationIdSchema.parse(repository.installationId),
          state: "active",
          unsure: true,
        });
        state().removedAt.delete(repository.id);
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
    async toMatch(before, limit) {
      const reported = new Set([...state().leaks.values()].map((leak) => leak.reportRepositoryId));
      const due = [...state().repositories.values()].filter(
        ({ id, state: is, issuesReadAt: read }) =>
          is === "active" && (read === null || read < before) && reported.has(id),
      );
      const time = ({ issuesReadAt: read }: RepositoryRecord): number => read?.getTime() ?? 0;
      return due
        .toSorted((a, b) => time(a) - time(b) || a.id - b.id)
        .slice(0, limit)
        .map(({ id }) => id);
    },
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
