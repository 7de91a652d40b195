import type { Form } from "../forms/form.ts";
import type { Span } from "../forms/reading.ts";

/** Bytes on either side of an anchor by which a form decides whether to read. */
const GLANCE = 512;

/** What lies within a form's reach of one of its anchors, each byte once, in ascending order. */
export function stretchesAround(form: Form, anchors: readonly number[], bytes: Uint8Array): readonly Span[] {
  const stretches: Span[] = [];
  let start = -1;
  let end = -1;
  for (const anchor of [...anchors].sort((a, b) => a - b)) {
    const from = Math.max(0, anchor - form.before);
    // One that lies within reach of another is read anyhow: a glance at each of very many would cost more.
    if (from > end && !isWorthReading(form, bytes, anchor)) continue;
    if (from > end) {
      if (end > start) stretches.push({ start, end });
      start = from;
    }
    end = Math.min(bytes.length, anchor + form.after);
  }
  if (end > start) stretches.push({ start, end });
  return stretches;
}

function isWorthReading(form: Form, bytes: Uint8Array, anchor: number): boolean {
  return form.isWorthReading?.(latin1(bytes, anchor - GLANCE, anchor + GLANCE)) ?? true;
}

/** The bytes `from..to`, as far as there are any, one character each. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  const start = Math.max(0, from);
  const end = Math.min(bytes.length, to);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString("latin1");
}
