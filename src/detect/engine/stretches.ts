import type { Form } from "../forms/form.ts";
import type { Span } from "../forms/reading.ts";

/** A form decides by this many bytes on either side of an anchor whether to read. */
export const GLANCE = 512;

/** The parts within a form's reach of its anchors, each byte once, in ascending order. */
export function stretchesAround(form: Form, anchors: readonly number[], bytes: Uint8Array): readonly Span[] {
  const stretches: Span[] = [];
  let start = -1;
  let end = -1;
  for (const group of groupsOf(anchors)) {
    if (!isWorthReading(form, bytes, group)) continue;
    const from = Math.max(0, group.first - form.before);
    if (from > end) {
      if (end > start) stretches.push({ start, end });
      start = from;
    }
    end = Math.max(end, Math.min(bytes.length, group.last + form.after));
  }
  if (end > start) stretches.push({ start, end });
  return stretches;
}

/** Anchors so close together that a look at each would read the same bytes. */
interface Group {
  readonly first: number;
  readonly last: number;
}

function groupsOf(anchors: readonly number[]): readonly Group[] {
  const groups: Group[] = [];
  let first = -Infinity;
  let last = -Infinity;
  for (const anchor of anchors.toSorted((a, b) => a - b)) {
    if (anchor - last > GLANCE) {
      if (last >= first && first >= 0) groups.push({ first, last });
      first = anchor;
    }
    last = anchor;
  }
  if (first >= 0) groups.push({ first, last });
  return groups;
}

/** Whether a form's glance at the bytes around its anchors lets it read them. */
export function isWorthReading(form: Form, bytes: Uint8Array, { first, last }: Group): boolean {
  return form.isWorthReading?.(latin1(bytes, first - GLANCE, last + GLANCE)) ?? true;
}

/** The bytes `from..to`, as far as they exist, one character each. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  const start = Math.max(0, from);
  const end = Math.min(bytes.length, to);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString("latin1");
}
