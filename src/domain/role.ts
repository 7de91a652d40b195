/** Roles in a repository that a rule can ask for, from the least. Custom roles have other names and count as one of these. */
export const ROLES = ["triage", "write", "maintain", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** @param role null: none of them, so at most read */
export function isAtLeast(role: Role | null, needed: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
