import type { Drill } from "./configuration/configuration.ts";

const DAY_MS = 24 * 60 * 60_000;

/** What decides whether the next drill begins. */
export interface PastDrill {
  readonly number: number;
  readonly askedAt: Date;
  readonly openedAt: Date | null;
  readonly closedAt: Date | null;
}

/**
 * The number of the drill to open now: the first at once, each further one so many days after the one before was opened,
 * and none while one is open. One whose issue was asked for and is not on record is opened under its own number.
 *
 * @param drills by number
 * @returns null: none is due
 */
export function dueDrill(configured: Drill | null, drills: readonly PastDrill[], now: Date): number | null {
  const last = drills.at(-1);
  if (last !== undefined && last.openedAt === null && last.closedAt === null) return last.number;
  if (configured === null) return null;
  if (last === undefined) return 1;
  if (last.closedAt === null) return null;
  const begun = (last.openedAt ?? last.askedAt).getTime();
  return now.getTime() - begun >= configured.everyDays * DAY_MS ? last.number + 1 : null;
}
