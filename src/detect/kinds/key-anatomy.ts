import {
  accountOf,
  hasVersionMark,
  isPast,
  LONG_BODY,
  MAX_BODY,
  MIDDLE_BODY,
  SHORT_BODY,
} from "./anatomy.ts";
import type { Shape } from "./confidence.ts";
import { unknownLength } from "./mixed.ts";
import type { Anatomy } from "./kind.ts";

/** Lengths of body that Stripe gave to secret, restricted and publishable keys, the present one first. */
export const KEY_LENGTHS: readonly number[] = [LONG_BODY, MIDDLE_BODY, SHORT_BODY];

/** The anatomy of secret and restricted keys, whose bodies share it. */
export function keyAnatomy(run: string, now: Date): Anatomy {
  if (run.length === LONG_BODY) return longAnatomy(run, now);
  if (run.length === SHORT_BODY) return whole(run, "24");
  if (run.length === MIDDLE_BODY) return whole(run, hasVersionMark(run) ? "34 with 00" : "34 without 00");

  const cut = cutKey(run, now);
  if (cut !== null) return cut;
  return whole(run, run.length > LONG_BODY && run.length <= MAX_BODY ? "100 to 247" : unknownLength(run));
}

/** A key with a tail: the first 99 or 34 characters of a longer run, where they make a certain or high shape. */
function cutKey(run: string, now: Date): Anatomy | null {
  if (run.length > LONG_BODY) {
    const long = longAnatomy(run.slice(0, LONG_BODY), now);
    if (long.shape !== "99, fewer") return long;
  }
  const middle = run.slice(0, MIDDLE_BODY);
  return run.length > MIDDLE_BODY && hasVersionMark(middle) ? whole(middle, "34 with 00") : null;
}

function longAnatomy(body: string, now: Date): Anatomy {
  const account = accountOf(body);
  const evidence = [account !== null, account !== null && isPast(account.created, now), hasVersionMark(body)];
  const count = evidence.filter(Boolean).length;
  const shape: Shape = count === 3 ? "99, all three" : count === 2 ? "99, two of three" : "99, fewer";
  return { shape, length: body.length, account };
}

function whole(body: string, shape: Shape): Anatomy {
  return { shape, length: Math.min(body.length, MAX_BODY), account: null };
}
