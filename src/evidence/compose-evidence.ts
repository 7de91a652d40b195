/** Puts the rows of the record together: the rows that share an issue and a fingerprint are one leak. */
import { stateOfRows } from "../domain/index.ts";
import type { LeakStateName } from "../domain/index.ts";
import type { Evidence, EvidenceDrill, EvidenceLeak } from "../report/index.ts";
import type { EvidenceDrillRow, EvidenceEventRow, EvidenceLeakRow, EvidenceRows } from "../store/index.ts";

/**
 * @param states only leaks in one of these; empty: all
 * @param at when the record was read
 */
export function composeEvidence(rows: EvidenceRows, states: readonly LeakStateName[], at: Date): Evidence {
  const events = Map.groupBy(rows.events, keyOfRow);
  const leaks = [...Map.groupBy(rows.leaks, keyOfLeak).values()].flatMap((group) => {
    const leak = leakOf(group, events);
    return leak === null || (states.length > 0 && !states.includes(leak.state)) ? [] : [leak];
  });
  return { schemaVersion: 1, at: at.toISOString(), leaks, drills: rows.drills.map(drillOf) };
}

function keyOfLeak({ reportRepositoryId, fingerprint }: EvidenceLeakRow): string {
  return `${reportRepositoryId} ${fingerprint}`;
}

function keyOfRow({ repositoryId, fingerprint }: EvidenceLeakRow | EvidenceEventRow): string {
  return `${repositoryId} ${fingerprint}`;
}

function leakOf(
  group: readonly EvidenceLeakRow[],
  events: ReadonlyMap<string, readonly EvidenceEventRow[]>,
): EvidenceLeak | null {
  const [first] = group;
  const state = stateOfRows(group);
  if (first === undefined || state === null) return null;
  const names = new Map(group.map((row) => [row.repositoryId, nameOf(row)]));
  const changes = group
    .flatMap((row) => events.get(keyOfRow(row)) ?? [])
    .toSorted((a, b) => a.number - b.number);
  const filed =
    changes.find(({ how }) => how === "filed")?.at ??
    group.find((row) => row.issueUrl !== null)?.issueAskedAt;
  const cleared = state === "open" ? undefined : changes.findLast(({ to }) => to === state);
  return {
    kind: first.kind,
    mode: first.mode,
    confidence: first.confidence,
    redacted: first.redacted,
    fingerprint: first.fingerprint,
    account: first.account,
    accountCreated: first.accountCreated,
    state,
    repositories: [...new Set(names.values())],
    issue: group.find((row) => row.issueUrl !== null)?.issueUrl ?? null,
    foundAt: first.foundAt.toISOString(),
    filedAt: filed?.toISOString() ?? null,
    clearedAt: cleared?.at.toISOString() ?? null,
    clearedBy: cleared?.actor ?? null,
    clearedHow: cleared?.how ?? null,
    verified: cleared?.how === "verified",
    secondsToClear: secondsBetween(first.foundAt, cleared?.at ?? null),
    history: changes.map(({ at, repositoryId, from, to, actor, how }) => ({
      at: at.toISOString(),
      repository: names.get(repositoryId) ?? `repository ${repositoryId}`,
      from,
      to,
      by: actor,
      how,
    })),
  };
}

function nameOf({ repository, repositoryId }: EvidenceLeakRow): string {
  return repository ?? `repository ${repositoryId}`;
}

function drillOf(row: EvidenceDrillRow): EvidenceDrill {
  return {
    owner: row.owner ?? `installation ${row.installationId}`,
    number: row.number,
    issue: row.issueUrl,
    openedAt: row.openedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    closedBy: row.closedBy,
    outcome: row.outcome,
    steps: row.tasks,
    stepsTicked: row.tasksDone,
    secondsTaken: row.openedAt === null ? null : secondsBetween(row.openedAt, row.closedAt),
  };
}

function secondsBetween(from: Date, to: Date | null): number | null {
  return to === null ? null : Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
}
