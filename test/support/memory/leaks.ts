import { LEAK_STATES } from "../../../src/domain/index.ts";
import type { LeakEvent } from "../../../src/domain/index.ts";
import { MAX_LOCATIONS, placeOf } from "../../../src/store/index.ts";
import type { Leak, RecordTables } from "../../../src/store/index.ts";
import { at, of } from "./state.ts";
import type { State } from "./state.ts";

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
    state().events.set(key, [...(state().events.get(key) ?? []), event]);
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
      for (const { leak: found, reportRepositoryId, locations } of leaks) {
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
          const row = { ...fresh, ...leak, foundAt: time, reportRepositoryId, reportProblem: null };
          const joined = other === undefined ? ({ state: "open" } as const) : sharedOf(other);
          state().leaks.set(key, { ...row, ...joined });
          addEvent(key, { from: null, to: joined.state, actor: null, how: "found", at: time });
        }
        const known = state().locations.get(key) ?? [];
        const places = new Set(known.map(placeOf));
        const more = new Map(locations.map((finding) => [placeOf(finding), finding]));
        const added = [...more]
          .filter(([place]) => !places.has(place))
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
        const all = [...known, ...added.map(([, finding]) => finding)];
        state().locations.set(key, all.slice(0, Math.max(known.length, MAX_LOCATIONS)));
      }
    },
    async locations(repositoryId, fingerprints) {
      const known = fingerprints.map(
        (each) => [each, state().locations.get(at(repositoryId, each))] as const,
      );
      return new Map(known.flatMap(([each, found]) => (found === undefined ? [] : [[each, [...found]]])));
    },
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
    events: async (repositoryId, fingerprint) => [
      ...(state().events.get(at(repositoryId, fingerprint)) ?? []),
    ],
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
      const keys = [...state().leaks].filter(
        ([, leak]) => leak.state === "open" && leak.issueNumber === null,
      );
      const ids = new Set(keys.map(([key]) => Number(key.split("\n")[0])));
      return [...ids]
        .filter(isActive)
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
