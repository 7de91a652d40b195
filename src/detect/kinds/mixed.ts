import type { Anatomy } from "./kind.ts";

/**
 * The anatomy of a body of which only the alphabet is known. It has upper case, lower case and digits: of 24
 * random characters 98 % do, and names such as `oak_fence_gate_open_inventory` do not.
 */
export function mixed(run: string, max: number): Anatomy | null {
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run) || !/[0-9]/.test(run)) return null;
  return { shape: "prefix only", length: Math.min(run.length, max), account: null };
}
