import type { Anatomy } from "./kind.ts";

/**
 * The anatomy of a body of which only the alphabet is known. It has both cases, and a digit or as many changes of
 * case as chance makes: names such as `oak_fence_gate_open_inventory` have none, and of 24 random characters all
 * but one in a thousand pass.
 */
export function mixed(run: string, max: number): Anatomy | null {
  if (!isMixedCase(run)) return null;
  const changes = run.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  if (!/[0-9]/.test(run) && changes < 0.35 * run.length) return null;
  return { shape: "prefix only", length: Math.min(run.length, max), account: null };
}

export function isMixedCase(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z]/.test(run);
}

/** The shape of a body whose length no key of its kind has. */
export function unknownLength(run: string): "unknown length" | "unknown length, random" {
  return isMixedCase(run) && /[0-9]/.test(run) ? "unknown length, random" : "unknown length";
}
