import { stateOfRows } from "../domain/index.ts";
import type { LeakEvent, LeakStateName } from "../domain/index.ts";

/** A change of one row of a leak, and whether it needs no more telling. */
export interface TellableChange extends LeakEvent {
  readonly number: number;
  readonly repositoryId: number;
  readonly told: boolean;
}

/** A change of a whole leak, which people are told of. */
export interface LeakNotice {
  readonly kind: "opened" | "rolled" | "dismissed" | "reopened";
  readonly before: LeakStateName | null;
  readonly after: LeakStateName;
  /** The change of a row that changed the leak. */
  readonly change: TellableChange;
  /** The changes that are told with it. */
  readonly numbers: readonly number[];
}

export interface Untold {
  /** In order. */
  readonly notices: readonly LeakNotice[];
  /** Changes after the last notice, with nothing to tell. */
  readonly silent: readonly number[];
}

/**
 * What there is to tell of a leak: each change of its state as a whole. That its rows change one after the other, that its
 * issue was opened, or that one more repository has the key, is nothing to tell.
 *
 * @param changes every change of every row, in order
 */
export function untoldNotices(changes: readonly TellableChange[]): Untold {
  const rows = new Map<number, { readonly state: LeakStateName }>();
  const notices: LeakNotice[] = [];
  let numbers: number[] = [];
  for (const change of changes) {
    const before = stateOfRows([...rows.values()]);
    rows.set(change.repositoryId, { state: change.to });
    const after = stateOfRows([...rows.values()]);
    if (change.told) continue;
    numbers.push(change.number);
    if (after === null || after === before) continue;
    notices.push({ kind: kindOf(before, after), before, after, change, numbers });
    numbers = [];
  }
  return { notices, silent: numbers };
}

function kindOf(before: LeakStateName | null, after: LeakStateName): LeakNotice["kind"] {
  if (after !== "open") return after;
  return before === null ? "opened" : "reopened";
}
