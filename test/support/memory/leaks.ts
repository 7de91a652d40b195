import { LEAK_STATES } from "../../../src/domain/index.ts";
import type { LeakEvent } from "../../../src/domain/index.ts";
import { MAX_LOCATIONS, placeOf } from "../../../src/store/index.ts";
import type { Leak, RecordTables } from "../../../src/store/index.ts";
import { at, of } from "./state.ts";
import type { State } from "./state.ts";

/** Orders the places of every record in memory, as an identity column does. */
let arrivals = 0;

function nextArrival(): number {
  arrivals += 1;
  return arrivals;
}

export function leaksOf(state: () => State, isActive: (id: number) => boolean): RecordTables["leaks"] {
  const change = (repositoryId: number, fingerprints: readonly string[], fields: Partial<Leak>): void => {
    for (const fingerprint of fingerprints) {
      const leak = state().leaks.get(at(repositoryId, fingerprint));
      if (leak !== undefined) state().leaks.set(at(repositoryId, fingerprint), { ...leak, ...fields });
    }
  };
  const byTime = (a: Leak, b: Leak): number =>
    a.foundAt.getTime() - b.foundAt.getTime() ||
    (a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0) ||
    a.repositoryId - b.repositoryId;
  const addEvent = (key: string, event: LeakEvent): void => {
    state().last.event += 1;
    const stored = { event, number: state().last.event, told: false };
    state().events.set(key, [...(state().events.get(key) ?? []), stored]);
  };
  return {
    async find(repositoryId, fingerprints) {
      const known = of(state().leaks, repositoryId).filter((leak) => fingerprints.includes(leak.fingerprint));
      return new Map(known.map((leak) => [leak.fingerprint, leak]));
    },
    all: async (repositoryId) =>
      of(state().leaks, repositoryId).toSorted(
        (a, b) => a.foundAt.getTime() - b.foundAt.getTime() || (a.fingerprint < b.fingerprint ? -1 : 1),
      ),
    sharing: async (reportRepositoryId, fingerprint) =>
      [...state().leaks.values()]
        .filter((leak) => leak.reportRepositoryId === reportRepositoryId && leak.fingerprint === fingerprint)
        .toSorted((a, b) => a.repositoryId - b.repositoryId),
    reportedIn: async (reportRepositoryId) =>
      [...state().leaks.values()]
        .filter((leak) => leak.reportRepositoryId === reportRepositoryId)
        .toSorted(byTime),
    withIssue: async (reportRepositoryId, issueNumber) =>
      [...state().leaks.values()]
        .filter((leak) => leak.reportRepositoryId === reportRepositoryId && leak.issueNumber === issueNumber)
        .toSorted(byTime),
    async add(repositoryId, leaks, time) {
      for (const { leak: found, reportRepositoryId, locations, fromHistory = false } of leaks) {
        const { fingerprint, kind, mode, confidence, redacted, account, accountCreated } = found;
        const leak = { fingerprint, kind, mode, confidence, redacted, account, accountCreated };
        const key = at(repositoryId, leak.fingerprint);
        if (!state().leaks.has(key)) {
          const unchanged = {
            stateActor: null,
            stateHow: null,
            stateAt: null,
            settledEvent: null,
            repositoryId,
          };
          const fresh = {
            ...unchanged,
            issueNumber: null,
            issueUrl: null,
            issueAskedAt: null,
            issueDigest: null,
          };
          const [other] = [...state().leaks.values()]
            .filter((one) => one.reportRepositoryId === reportRepositoryId && one.fingerprint === fingerprint)
            .toSorted(
              (a, b) =>
                LEAK_STATES.indexOf(a.state) - LEAK_STATES.indexOf(b.state) ||
                a.repositoryId - b.repositoryId,
            );
          const row = {
            ...fresh,
            ...leak,
            foundAt: time,
            reportRepositoryId,
            reportProblem: null,
            neutralAt: null,
            fromHistory,
          };
          const joined = other === undefined ? ({ state: "open" } as const) : sharedOf(other);
          state().leaks.set(key, { ...row, ...joined });
          addEvent(key, { from: null, to: joined.state, actor: null, how: "found", at: time });
        }
        if (!fromHistory) change(repositoryId, [fingerprint], { fromHistory });
        const known = state().locations.get(key) ?? [];
        const places = new Set(known.map(({ finding }) => placeOf(finding)));
        const added = [...Map.groupBy(locations, placeOf)]
          .filter(([place]) => !places.has(place))
          .flatMap(([, [finding]]) => finding ?? [])
          .map((finding) => ({ finding, foundAt: time, arrival: nextArrival() }));
        state().locations.set(key, [...known, ...added].slice(-MAX_LOCATIONS));
      }
    },
    async locations(repositoryId, fingerprints) {
      const known = fingerprints.map(
        (each) => [each, state().locations.get(at(repositoryId, each))] as const,
      );
      return new Map(
        known.flatMap(([each, found]) =>
          found === undefined ? [] : [[each, found.map(({ finding }) => finding)] as const],
        ),
      );
    },
    async newestPlaces(rows, limit) {
      return new Map(
        [...Map.groupBy(rows, ({ fingerprint }) => fingerprint)].flatMap(([fingerprint, group]) => {
          const all = group
            .flatMap(({ repositoryId }) =>
              (state().locations.get(at(repositoryId, fingerprint)) ?? []).map((place) => ({
                repositoryId,
                ...place,
              })),
            )
            .toSorted((a, b) => b.arrival - a.arrival);
          if (all.length === 0) return [];
          const times = all.map(({ foundAt }) => foundAt.getTime());
          const places = all
            .slice(0, limit)
            .map(({ repositoryId, finding, foundAt }) => ({ repositoryId, finding, foundAt }));
          return [
            [fingerprint, { total: all.length, firstAt: new Date(Math.min(...times)), places }] as const,
          ];
        }),
      );
    },
    noteProblem: async (id, fingerprints, problem) => change(id, fingerprints, { reportProblem: problem }),
    setNeutralAt: async (id, fingerprints, time) => change(id, fingerprints, { neutralAt: time }),
    async changeState(repositoryId, fingerprint, event, settles) {
      const key = at(repositoryId, fingerprint);
      const leak = state().leaks.get(key);
      if (leak === undefined || leak.state !== event.from) return false;
      const { to, actor, how, at: time } = event;
      const stays = event.from === "open" && to === "open";
      const grounds = stays ? {} : { stateActor: actor, stateHow: how, stateAt: time };
      state().leaks.set(key, {
        ...leak,
        ...grounds,
        state: to,
        settledEvent: settles ?? leak.settledEvent,
      });
      addEvent(key, event);
      return true;
    },
    events: async (repositoryId, fingerprint) =>
      (state().events.get(at(repositoryId, fingerprint)) ?? []).map(({ event }) => event),
    issueAsked: async (id, fingerprints, time) => change(id, fingerprints, { issueAskedAt: time }),
    async issueOpened(id, fingerprints, issue) {
      change(id, fingerprints, {
        reportRepositoryId: issue.repositoryId,
        issueNumber: issue.number,
        issueUrl: issue.url,
        issueDigest: issue.digest,
        reportProblem: null,
      });
    },
    issueGone: async (id, fingerprints) =>
      change(id, fingerprints, { issueNumber: null, issueUrl: null, issueDigest: null }),
    async reportFailed(id, fingerprints, problem) {
      const open = fingerprints.filter((each) => state().leaks.get(at(id, each))?.issueNumber === null);
      change(id, open, { reportProblem: problem });
    },
    async unreported(limit) {
      const open = [...state().leaks.values()].filter(
        (leak) => leak.state === "open" && leak.issueNumber === null,
      );
      return [...new Set(open.map(({ repositoryId }) => repositoryId))]
        .filter(isActive)
        .toSorted((a, b) => a - b)
        .slice(0, limit);
    },
    async withOpen(limit, installationId) {
      const open = [...state().leaks.values()].filter((leak) => leak.state === "open");
      const left = [...state().formerIssues.values()]
        .filter(({ retiredAt }) => retiredAt === null)
        .map(({ sourceId }) => sourceId);
      const ids = new Set([...open.map(({ repositoryId }) => repositoryId), ...left]);
      return [...ids]
        .filter(isActive)
        .filter(
          (id) =>
            installationId === undefined || state().repositories.get(id)?.installationId === installationId,
        )
        .toSorted((a, b) => a - b)
        .slice(0, limit);
    },
  };
}

/** What the rows of one leak have in common. */
function sharedOf(leak: Leak) {
  const { state, stateActor, stateHow, stateAt, settledEvent, issueNumber, issueUrl } = leak;
  return { state, stateActor, stateHow, stateAt, settledEvent, issueNumber, issueUrl };
}
