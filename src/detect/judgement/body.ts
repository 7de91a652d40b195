import { CONFIDENCES } from "../../domain/plain.ts";
import type { Reading } from "../forms/reading.ts";
import { CONFIDENCE, isUnknownLength, provesItself } from "../kinds/confidence.ts";
import type { Anatomy, KindRule } from "../kinds/kind.ts";
import { isMixedCase } from "../kinds/mixed.ts";
import { isBinaryLength, MAX_BEFORE } from "./boundary.ts";

/**
 * How much of a run is the credential. If pieces were joined, it can end with each of them, if that leaves a known length:
 * a list can go on after the key, and so can lines of base64.
 *
 * @param from where the run begins in the reading
 * @param withUnlikely also joins that give a length no key has: they are redacted, but not reported
 */
export function anatomyOf(
  reading: Reading,
  prefixStart: number,
  from: number,
  run: string,
  rule: KindRule,
  now: Date,
  withUnlikely: boolean,
): Anatomy | null {
  const whole = rule.anatomy(run, now);
  if (withUnlikely) {
    if (whole !== null || !isMixedCase(run)) return whole;
    return { shape: "prefix only", length: Math.min(run.length, rule.body.max), account: null };
  }
  const before = reading.text.slice(Math.max(0, prefixStart - MAX_BEFORE), prefixStart);
  const given = rule.lengths.find(
    (length) => length < run.length && isBinaryLength(before, from - prefixStart + length),
  );
  const short = given === undefined ? null : rule.anatomy(run.slice(0, given), now);
  if (short !== null && (whole === null || rank(short) <= rank(whole))) return short;
  const cuts = cutsIn(reading, from, run, rule).map((length) => rule.anatomy(run.slice(0, length), now));
  const possible = [whole, ...cuts]
    .filter((anatomy) => anatomy !== null)
    .filter((anatomy) => isJoinedForAReason(reading, prefixStart, from + anatomy.length, anatomy));
  // The longest of the best.
  return possible.reduce<Anatomy | null>(
    (best, anatomy) => (best === null || rank(anatomy) < rank(best) ? anatomy : best),
    null,
  );
}

/** Lengths after which the credential can end: where a piece does, if the length is known, and at every comma. */
function cutsIn(reading: Reading, from: number, run: string, rule: KindRule): readonly number[] {
  const lengths: number[] = [];
  for (let length = rule.body.min; length < run.length; length++) {
    const join = reading.joinAt(from + length);
    if (join === "comma" || (join !== null && rule.lengths.includes(length))) lengths.push(length);
  }
  return lengths;
}

/** How much the shape is worth, from 0 for the best. */
export function rank(anatomy: Anatomy): number {
  return (
    CONFIDENCES.indexOf(CONFIDENCE[anatomy.shape].own) * 4 +
    CONFIDENCES.indexOf(CONFIDENCE[anatomy.shape].alone)
  );
}

/** A length that no key has is more often a coincidence than a key, and so is a join by a comma alone. */
function isJoinedForAReason(reading: Reading, start: number, end: number, { shape }: Anatomy): boolean {
  const weakest = reading.weakestJoin(start, end);
  if (weakest === null) return true;
  return weakest === "comma" ? provesItself(shape) : !isUnknownLength(shape);
}
