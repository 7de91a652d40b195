import type { BaseRole, Role } from "./account.ts";
import type { Repository } from "./repository.ts";

/** An account's role: admin for the owner, else the role it was given, else read on a public repository. */
export function roleOf(repository: Repository, login: string): Role {
  if (login.toLowerCase() === repository.owner.login.toLowerCase()) return { base: "admin", name: "admin" };
  const role = repository.roles.get(login.toLowerCase());
  if (role !== undefined) return role;
  return repository.private ? { base: "none", name: "none" } : { base: "read", name: "read" };
}

const RANKS: Readonly<Record<BaseRole, number>> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

function atLeast(role: Role, base: BaseRole): boolean {
  return RANKS[role.base] >= RANKS[base];
}

export function mayWrite(repository: Repository, login: string): boolean {
  return atLeast(roleOf(repository, login), "write");
}

export function mayRead(repository: Repository, login: string): boolean {
  return atLeast(roleOf(repository, login), "read");
}

/** The five booleans that GitHub derives from a role. */
export function permissionsOf(role: Role) {
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "write"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "read"),
  };
}
