import type { RecordTables, Tip } from "../../../src/store/index.ts";
import { activitiesOf } from "./activities.ts";
import { checksOf } from "./checks.ts";
import { historiesOf } from "./histories.ts";
import { historyChecksOf, historyKeysOf } from "./history-reports.ts";
import { issuesOf } from "./issues.ts";
import { leaksOf } from "./leaks.ts";
import { outboxOf, ownersOf, remindersOf } from "./notice.ts";
import { repositoriesOf } from "./repositories.ts";
import { retentionOf } from "./retention.ts";
import { scopesOf } from "./scopes.ts";
import { at, of } from "./state.ts";
import type { State } from "./state.ts";

export function tablesOf(state: () => State): RecordTables {
  const isActive = (id: number): boolean => state().repositories.get(id)?.state === "active";
  return {
    deliveries: {
      async add(id, time) {
        if (state().deliveries.has(id)) return false;
        state().deliveries.set(id, time);
        return true;
      },
      accepted: async (ids) => new Set(ids.filter((id) => state().deliveries.has(id))),
      async countRedelivery(id, askedAt) {
        const times = (state().redeliveries.get(id)?.times ?? 0) + 1;
        state().redeliveries.set(id, { times, askedAt });
        return times;
      },
      comparedUpTo: async () => state().compared.get("deliveries") ?? null,
      async setComparedUpTo(time) {
        state().compared.set("deliveries", time);
      },
    },
    repositories: repositoriesOf(state),
    scopes: scopesOf(state, isActive),
    tips: {
      find: async (repositoryId, sha) => state().tips.get(at(repositoryId, sha)) ?? null,
      findAll: async (repositoryId, shas) =>
        new Map(
          shas.flatMap((sha) => {
            const tip = state().tips.get(at(repositoryId, sha));
            return tip === undefined ? [] : [[sha, tip] as const];
          }),
        ),
      async put(repositoryId, tips) {
        for (const tip of tips) state().tips.set(at(repositoryId, tip.sha), tip);
      },
      async add(repositoryId, tips) {
        for (const tip of tips)
          if (!state().tips.has(at(repositoryId, tip.sha))) state().tips.set(at(repositoryId, tip.sha), tip);
      },
      async named(repositoryId, { at: time, firstRef, limit }) {
        const order = (tip: Tip): string =>
          [tip.ref === firstRef ? 0 : 1, tip.kind === "baseline" ? 1 : 0, tip.ref, tip.sha].join("\n");
        return of(state().tips, repositoryId)
          .filter((tip) => tip.knownAt < time && (tip.coveredAt === null || tip.coveredAt >= time))
          .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
          .slice(0, limit);
      },
      hasBaseline: async (repositoryId) =>
        of(state().tips, repositoryId).some((tip) => tip.kind === "baseline"),
      async dropBaseline(repositoryId, { refs, shas }) {
        for (const tip of of(state().tips, repositoryId)) {
          if (tip.kind !== "baseline" || refs.includes(tip.ref) || shas.includes(tip.sha)) continue;
          state().tips.delete(at(repositoryId, tip.sha));
        }
      },
    },
    notedRefs: {
      all: async (repositoryId) =>
        new Map(
          [...state().notedRefs]
            .filter(([key]) => key.startsWith(`${repositoryId}\n`))
            .map(([key, object]) => [key.slice(key.indexOf("\n") + 1), object]),
        ),
      async put(repositoryId, refs) {
        for (const { ref, object } of refs) state().notedRefs.set(at(repositoryId, ref), object);
      },
      async remove(repositoryId, refs) {
        for (const ref of refs) state().notedRefs.delete(at(repositoryId, ref));
      },
    },
    checks: checksOf(state, isActive),
    leaks: leaksOf(state, isActive),
    issues: issuesOf(state),
    acceptedGaps: {
      async put(repositoryId, gaps) {
        for (const gap of gaps) {
          const key = at(repositoryId, gap.subject);
          if (!state().acceptedGaps.has(key)) state().acceptedGaps.set(key, gap);
        }
      },
      async find(repositoryId, subjects) {
        const known = of(state().acceptedGaps, repositoryId).filter((gap) => subjects.includes(gap.subject));
        return new Map(known.map((gap) => [gap.subject, gap]));
      },
    },
    ignoredKeys: {
      async put(repositoryId, keys) {
        for (const key of keys) {
          const row = at(repositoryId, key.fingerprint);
          if (!state().ignoredKeys.has(row)) state().ignoredKeys.set(row, key);
        }
      },
      async find(repositoryId, fingerprints) {
        const known = of(state().ignoredKeys, repositoryId).filter((key) =>
          fingerprints.includes(key.fingerprint),
        );
        return new Map(known.map((key) => [key.fingerprint, key]));
      },
    },
    buttons: {
      async put(repositoryId, head, answer) {
        state().buttons.set(at(repositoryId, head, answer.button), answer);
      },
      at: async (repositoryId, head) =>
        [...state().buttons]
          .filter(([key]) => key.startsWith(`${at(repositoryId, head)}\n`))
          .map(([, answer]) => answer)
          .toSorted((a, b) => (a.button < b.button ? -1 : 1)),
    },
    activities: activitiesOf(state, isActive),
    commitScans: {
      async find(repositoryId, version, commits) {
        const known = commits.map((sha) => state().commitScans.get(at(repositoryId, sha, version))?.scan);
        return new Map(known.flatMap((scan) => (scan === undefined ? [] : [[scan.sha, scan] as const])));
      },
      async save(repositoryId, version, scans, scannedAt) {
        for (const scan of scans) {
          const key = at(repositoryId, scan.sha, version);
          if (state().commitScans.get(key)?.scan.gaps.length !== 0)
            state().commitScans.set(key, { scan, scannedAt });
        }
      },
    },
    histories: historiesOf(state, isActive),
    historyKeys: historyKeysOf(state, isActive),
    historyChecks: historyChecksOf(state),
    outbox: outboxOf(state),
    reminders: remindersOf(state, isActive),
    owners: ownersOf(state),
    retention: retentionOf(state),
  };
}
