/** Lines `first..last` of the new file, counted from 1, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** The new side of one hunk of a patch. */
export interface Hunk {
  /** Line in the new file at which `text` begins, from 1. */
  readonly newStart: number;
  /** Context and added lines, with their line ends, exactly as the new file has them; removed lines are left out. */
  readonly text: Uint8Array;
  /** Lines that the change adds (for a merge: adds against every parent), ascending, not touching each other. */
  readonly added: readonly LineRange[];
}

/** Whether `first..last` touches a line that the hunks add. */
export function touchesAdded(hunks: readonly Hunk[], first: number, last: number): boolean {
  return hunks.some((hunk) => hunk.added.some((range) => range.first <= last && first <= range.last));
}
