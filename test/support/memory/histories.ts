import type { RecordTables } from "../../../src/store/index.ts";
import { oncePerPlace, surerTrust } from "../../../src/store/history-record.ts";
import type { HistoryRecord, HistoryTips } from "../../../src/store/index.ts";
import { at, of } from "./state.ts";
import type { State } from "./state.ts";

const FRESH = {
  state: "waiting",
  problem: null,
  gaps: [],
  detectorVersion: null,
  sizeBytes: null,
  bytesDone: 0,
  objectsDone: 0,
  objectsTotal: null,
  round: 0,
  failures: 0,
  beganAt: null,
  readAt: null,
  reportedAt: null,
  tips: { refs: [], pulls: [] },
} as const;

function isDue({ dueAt }: Pick<HistoryRecord, "dueAt">, now: Date): boolean {
  return dueAt <= now || dueAt.getTime() > now.getTime() + 8 * 86_400_000;
}

export function historiesOf(
  state: () => State,
  isActive: (id: number) => boolean,
): RecordTables["histories"] {
  type Row = HistoryRecord & { readonly tips: HistoryTips };
  const rowOf = (id: number): Row | undefined => state().histories.get(at(id, ""));
  const change = (id: number, fields: (known: Row) => Partial<Row>): boolean => {
    const known = rowOf(id);
    if (known !== undefined) state().histories.set(at(id, ""), { ...known, ...fields(known) });
    return known !== undefined;
  };
  const installationOf = (id: number): number => state().repositories.get(id)?.installationId ?? 0;
  const activeOf = (installationId: number | null): Row[] =>
    [...state().histories.values()].filter(
      ({ repositoryId }) =>
        isActive(repositoryId) &&
        (installationId === null || installationOf(repositoryId) === installationId),
    );
  return {
    async find(id) {
      const row = rowOf(id);
      if (row === undefined) return null;
      const { tips: _tips, ...shown } = row;
      return shown;
    },
    async ask(ids, time) {
      for (const id of ids) {
        if (!change(id, ({ dueAt }) => ({ dueAt: dueAt < time ? dueAt : time })))
          state().histories.set(at(id, ""), { ...FRESH, repositoryId: id, dueAt: time });
      }
    },
    async noteSize(id, bytes) {
      change(id, () => ({ sizeBytes: bytes }));
    },
    async askOutdated(version, time) {
      const outdated = [...state().histories.values()].filter(
        (row) =>
          row.detectorVersion !== null &&
          row.detectorVersion !== version &&
          row.dueAt > time &&
          (row.state === "read" || row.state === "failed"),
      );
      for (const { repositoryId } of outdated) change(repositoryId, () => ({ dueAt: time }));
      return outdated.length;
    },
    async due(now, each, installationId) {
      const rows = activeOf(installationId).filter((row) => isDue(row, now));
      const size = ({ sizeBytes }: Row): number => sizeBytes ?? Number.POSITIVE_INFINITY;
      const ordered = rows.toSorted(
        (a, b) => (size(a) === size(b) ? 0 : size(a) - size(b)) || a.repositoryId - b.repositoryId,
      );
      const byInstallation = Map.groupBy(ordered, ({ repositoryId }) => installationOf(repositoryId));
      return [...byInstallation]
        .toSorted(([a], [b]) => a - b)
        .flatMap(([id, its]) =>
          its.slice(0, each).map(({ repositoryId, round }) => ({ repositoryId, installationId: id, round })),
        );
    },
    async begin(id, now, until) {
      const row = rowOf(id);
      if (row === undefined || (!isDue(row, now) && row.state !== "reading")) return false;
      const none = { bytesDone: 0, objectsDone: 0, objectsTotal: null };
      return change(id, () => ({ state: "reading", beganAt: now, dueAt: until, ...none }));
    },
    async noteProgress(id, { bytes, objects, objectsTotal }) {
      if (rowOf(id)?.state === "reading")
        change(id, () => ({ bytesDone: bytes, objectsDone: objects, objectsTotal }));
    },
    async finish(id, reading) {
      const { detectorVersion, atTip, gaps, isWhole } = reading;
      for (const { place, ...found } of oncePerPlace(reading.findings)) {
        const key = at(id, found.finding.fingerprint, place);
        const known = state().pastFindings.get(key)?.past.trust ?? "unknown";
        const past = { ...found, trust: surerTrust(known, found.trust) };
        state().pastFindings.set(key, { past, detectorVersion });
      }
      for (const [key, { past, detectorVersion: by }] of state().pastFindings) {
        if (!key.startsWith(`${id}\n`)) continue;
        if (isWhole && gaps.length === 0 && by !== detectorVersion) {
          state().pastFindings.delete(key);
        } else if (
          atTip !== null &&
          past.origin.source === "file" &&
          (isWhole || past.finding.place === "content")
        ) {
          const origin = { ...past.origin, isAtTip: atTip.includes(past.finding.fingerprint) };
          state().pastFindings.set(key, { past: { ...past, origin }, detectorVersion: by });
        }
      }
      for (const holder of reading.holders)
        state().holders.set(at(id, holder.blob, detectorVersion), { ...holder, detectorVersion });
      for (const [key, { detectorVersion: by }] of state().holders) {
        if (key.startsWith(`${id}\n`) && isWhole && gaps.length === 0 && by !== detectorVersion)
          state().holders.delete(key);
      }
      change(id, ({ round, dueAt }) => ({
        state: "read",
        problem: null,
        gaps,
        detectorVersion,
        tips: reading.tips,
        bytesDone: reading.bytes,
        objectsDone: reading.objects,
        objectsTotal: reading.objects,
        round: round + 1,
        failures: 0,
        dueAt: dueAt <= reading.at ? dueAt : reading.dueAt,
        readAt: reading.at,
        reportedAt: null,
      }));
    },
    async fail(id, { state: is, problem, dueAt }) {
      change(id, ({ round, failures }) => ({
        state: is,
        problem,
        dueAt,
        round: round + 1,
        failures: failures + 1,
      }));
    },
    async tips(id, version) {
      const row = rowOf(id);
      return row?.detectorVersion === version ? row.tips : null;
    },
    async holders(id, version) {
      return of(state().holders, id)
        .filter(({ detectorVersion }) => detectorVersion === version)
        .map(({ blob, fingerprints }) => ({ blob, fingerprints }))
        .toSorted((a, b) => (a.blob < b.blob ? -1 : 1));
    },
    findings: async (id) => of(state().pastFindings, id).map(({ past }) => past),
    async setReportedAt(id, time) {
      change(id, () => ({ reportedAt: time }));
    },
    async totals(installationId, recent) {
      const rows = activeOf(installationId);
      const count = (which: (row: Row) => boolean): number => rows.filter(which).length;
      const sum = (which: (row: Row) => boolean): number =>
        rows.filter(which).reduce((total, { sizeBytes }) => total + (sizeBytes ?? 0), 0);
      const isRecent = ({ readAt }: Row): boolean => readAt !== null && readAt >= recent;
      const began = rows.filter(isRecent).flatMap(({ beganAt }) => beganAt?.getTime() ?? []);
      return {
        repositories: rows.length,
        waiting: count((row) => row.state === "waiting"),
        reading: count((row) => row.state === "reading"),
        read: count((row) => row.readAt !== null),
        incomplete: count((row) => row.readAt !== null && row.gaps.length > 0),
        tooLarge: count((row) => row.state === "too_large"),
        failed: count((row) => row.state === "failed"),
        bytes: sum((row) => row.state !== "too_large"),
        bytesRead: sum((row) => row.readAt !== null && row.state !== "too_large"),
        recentRepositories: count(isRecent),
        recentBytes: sum(isRecent),
        recentSince: began.length === 0 ? null : new Date(Math.min(...began)),
      };
    },
  };
}
