import type { View } from "./positions.ts";
import { latin1 } from "./stretches.ts";
import { KIND_RULES } from "../kinds/index.ts";
import type { Candidate } from "../judgement/candidates.ts";

/** How far after the word stripe a credential is looked for that is assigned to it. */
export const ASSIGNMENT_REACH = Math.max(0, ...KIND_RULES.map(({ assignment }) => assignment?.reach ?? 0));

/** Whether a credential without a prefix may be assigned to the word stripe at the offset `at`. */
export function mayBeAssignedAt(bytes: Uint8Array, at: number): boolean {
  return KIND_RULES.some(
    ({ assignment }) =>
      assignment !== null && assignment.bodyAt(latin1(bytes, at, at + assignment.reach), 0) !== -1,
  );
}

/** Credentials without a prefix that are assigned to the word stripe at the offset `at` of the whole. */
export function assignedAt({ bytes, base }: View, at: number, now: Date): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const rule of KIND_RULES) {
    if (rule.assignment === null) continue;
    const text = latin1(bytes, at - base, at - base + rule.assignment.reach);
    const from = rule.assignment.bodyAt(text, 0);
    if (from === -1) continue;
    const body = text.slice(from, from + rule.body.max);
    const anatomy = rule.anatomy(body, now);
    if (anatomy === null) continue;
    candidates.push({
      rule,
      prefix: { text: "", mode: null },
      anatomy,
      body,
      token: body,
      withinName: false,
      encoding: "plain",
      span: { start: at + from, end: at + from + body.length },
      surroundings: null,
    });
  }
  return candidates;
}
