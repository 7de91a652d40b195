/** The outbox, the reminders and what is kept for each owner, in memory. */
import type { IssueAt, Leak, OwnersLeak, RecordTables } from "../../../src/store/index.ts";
import { at } from "./state.ts";
import type { State, StoredEvent } from "./state.ts";

interface Member {
  readonly repositoryId: number;
  readonly leak: Leak;
  readonly events: readonly StoredEvent[];
}

function membersOf(state: State): Member[] {
  return [...state.leaks].map(([key, leak]) => ({
    repositoryId: Number(key.split("\n")[0]),
    leak,
    events: state.events.get(key) ?? [],
  }));
}

export function outboxOf(state: () => State): RecordTables["outbox"] {
  const tell = (which: (event: StoredEvent) => boolean): void => {
    for (const [key, events] of state().events) {
      const changed = events.map((event) => (which(event) ? { ...event, told: true } : event));
      state().events.set(key, changed);
    }
  };
  return {
    async waiting(limit) {
      const waiting = membersOf(state())
        .flatMap(({ leak, events }) => events.map((event) => ({ leak, event })))
        .filter(({ event }) => !event.told)
        .toSorted((a, b) => a.event.number - b.event.number);
      const groups = Map.groupBy(waiting, ({ leak }) => at(leak.reportRepositoryId, leak.fingerprint));
      return [...groups.values()]
        .flatMap(([first]) => first ?? [])
        .slice(0, limit)
        .map(({ leak }) => ({ repositoryId: leak.reportRepositoryId, fingerprint: leak.fingerprint }));
    },
    changes: async (reportRepositoryId, fingerprint) =>
      membersOf(state())
        .filter(
          ({ leak }) => leak.reportRepositoryId === reportRepositoryId && leak.fingerprint === fingerprint,
        )
        .flatMap(({ repositoryId, events }) =>
          events.map(({ event, number, told }) => ({ ...event, number, repositoryId, told })),
        )
        .toSorted((a, b) => a.number - b.number),
    told: async (numbers) => tell(({ number }) => numbers.includes(number)),
    toldAll: async () => tell(() => true),
  };
}

function openSinceOf({ events }: Member): Date | null {
  const reopened = events.filter(
    ({ event }) => event.from !== null && event.from !== "open" && event.to === "open",
  );
  const all = (reopened.length > 0 ? reopened : events).map(({ event }) => event.at.getTime());
  if (all.length === 0) return null;
  return new Date(reopened.length > 0 ? Math.max(...all) : Math.min(...all));
}

export function remindersOf(
  state: () => State,
  isActive: (id: number) => boolean,
): RecordTables["reminders"] {
  const keyOf = ({ repositoryId, issueNumber }: IssueAt): string => at(repositoryId, String(issueNumber));
  const findAt = (issue: IssueAt) =>
    state().reminders.get(keyOf(issue)) ?? { lastAt: null, askedAt: null, nextAt: null };
  return {
    async due(now, limit) {
      const leaks = membersOf(state())
        .filter(({ leak }) => leak.state === "open")
        .map(({ leak }) => ({ repositoryId: leak.reportRepositoryId, issueNumber: leak.issueNumber }));
      const drills = [...state().drills.values()].filter(({ closedAt }) => closedAt === null);
      const neutral = [...state().neutralIssues].map(([key, { number }]) => ({
        repositoryId: Number(key.split("\n")[0]),
        issueNumber: number,
      }));
      const issues = [...leaks, ...drills, ...neutral].flatMap(({ repositoryId, issueNumber }) =>
        issueNumber === null ? [] : [{ repositoryId, issueNumber }],
      );
      return [...new Map(issues.map((issue) => [keyOf(issue), issue])).values()]
        .map((issue) => ({ issue, nextAt: findAt(issue).nextAt?.getTime() ?? Number.NEGATIVE_INFINITY }))
        .filter(({ issue, nextAt }) => nextAt <= now.getTime() && isActive(issue.repositoryId))
        .toSorted(
          (a, b) =>
            (a.nextAt === b.nextAt ? 0 : a.nextAt - b.nextAt) ||
            a.issue.repositoryId - b.issue.repositoryId ||
            a.issue.issueNumber - b.issue.issueNumber,
        )
        .slice(0, limit)
        .map(({ issue }) => issue);
    },
    async openSince({ repositoryId, issueNumber }) {
      const times = membersOf(state())
        .filter(
          ({ leak }) =>
            leak.reportRepositoryId === repositoryId &&
            leak.issueNumber === issueNumber &&
            leak.state === "open",
        )
        .flatMap((member) => openSinceOf(member)?.getTime() ?? []);
      return times.length === 0 ? null : new Date(Math.min(...times));
    },
    async neutralSince(repositoryId) {
      const own = membersOf(state()).filter((member) => member.repositoryId === repositoryId);
      const times = own.flatMap(({ leak }) => leak.neutralAt?.getTime() ?? []);
      return times.length === 0 ? null : new Date(Math.max(...times));
    },
    find: async (issue) => findAt(issue),
    async asked(issue, askedAt) {
      state().reminders.set(keyOf(issue), { ...findAt(issue), askedAt });
    },
    async given(issue, lastAt) {
      state().reminders.set(keyOf(issue), { ...findAt(issue), lastAt, askedAt: null });
    },
    async wait(issue, nextAt) {
      state().reminders.set(keyOf(issue), { ...findAt(issue), nextAt });
    },
  };
}

export function ownersOf(state: () => State): RecordTables["owners"] {
  const shown = (
    installationId: number,
    which: Leak["state"],
  ): { readonly leak: OwnersLeak; readonly events: Member["events"] }[] =>
    membersOf(state()).flatMap(({ repositoryId, leak, events }) => {
      const repository = state().repositories.get(repositoryId);
      if (repository?.installationId !== installationId || repository.state === "removed") return [];
      if (leak.state !== which) return [];
      const { fingerprint, kind, mode, confidence, redacted, foundAt, reportRepositoryId, issueUrl } = leak;
      const { owner, name } = repository;
      const shownLeak = { repositoryId, owner, name, rolledAt: null };
      const fields = { fingerprint, kind, mode, confidence, redacted, foundAt, reportRepositoryId, issueUrl };
      return [{ leak: { ...shownLeak, ...fields }, events }];
    });
  const byPlace = (a: OwnersLeak, b: OwnersLeak): number =>
    a.repositoryId - b.repositoryId || (a.fingerprint < b.fingerprint ? -1 : 1);
  return {
    async active() {
      const active = [...state().repositories.values()].filter((one) => one.state === "active");
      return [...Map.groupBy(active, ({ installationId }) => Number(installationId))]
        .map(([installationId, own]) => ({
          installationId,
          repositoryId: Math.min(...own.map(({ id }) => id)),
        }))
        .toSorted((a, b) => a.installationId - b.installationId);
    },
    summary: async (installationId) => state().summaries.get(installationId) ?? null,
    async putSummary(installationId, summary) {
      state().summaries.set(installationId, summary);
    },
    drills: async (installationId) =>
      [...state().drills.values()]
        .filter((drill) => drill.installationId === installationId)
        .toSorted((a, b) => a.number - b.number),
    async putDrill(drill) {
      state().drills.set(at(drill.installationId, String(drill.number)), drill);
    },
    drillOf: async ({ repositoryId, issueNumber }) =>
      [...state().drills.values()]
        .filter((drill) => drill.repositoryId === repositoryId && drill.issueNumber === issueNumber)
        .toSorted((a, b) => b.number - a.number)[0] ?? null,
    openLeaks: async (installationId, limit) =>
      shown(installationId, "open")
        .map(({ leak }) => leak)
        .toSorted((a, b) => a.foundAt.getTime() - b.foundAt.getTime() || byPlace(a, b))
        .slice(0, limit),
    countOpenLeaks: async (installationId) =>
      new Set(shown(installationId, "open").map(({ leak }) => at(leak.reportRepositoryId, leak.fingerprint)))
        .size,
    rolledLeaks: async (installationId, since, limit) =>
      shown(installationId, "rolled")
        .flatMap(({ events, leak }) => {
          const times = events.filter(({ event }) => event.to === "rolled").map(({ event }) => event.at);
          const rolledAt = times.toSorted((a, b) => b.getTime() - a.getTime())[0];
          return rolledAt === undefined || rolledAt < since ? [] : [{ ...leak, rolledAt }];
        })
        .toSorted((a, b) => b.rolledAt.getTime() - a.rolledAt.getTime() || byPlace(a, b))
        .slice(0, limit),
    unreadHeads: async (installationId, limit) =>
      [...state().scopes.values()]
        .flatMap((scope) => {
          const repository = state().repositories.get(scope.repositoryId);
          if (repository?.installationId !== installationId || repository.state === "removed") return [];
          const unread =
            scope.state === "failed" || (scope.state === "read" && scope.coverage.gaps.length > 0);
          return scope.ended === null && unread ? [{ scope, repository }] : [];
        })
        .toSorted(
          (a, b) =>
            b.scope.notedAt.getTime() - a.scope.notedAt.getTime() ||
            a.scope.repositoryId - b.scope.repositoryId ||
            (a.scope.head === b.scope.head ? 0 : a.scope.head < b.scope.head ? -1 : 1) ||
            (a.scope.id < b.scope.id ? -1 : 1),
        )
        .slice(0, limit)
        .map(({ scope, repository: { owner, name } }) => ({
          repositoryId: scope.repositoryId,
          owner,
          name,
          ...{
            head: scope.head,
            problem: scope.problem,
            gaps: scope.coverage.gaps,
          },
        })),
  };
}
