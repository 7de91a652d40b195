import type { BaseRole, Repository, Role } from "./site.ts";

/** What an account may do: the owner everything, others what their role says, and everybody reads what is public. */
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

export function mayWrite(repository: Repository, login: string): boolean {
  return RANKS[roleOf(repository, login).base] >= RANKS.write;
}

export function mayRead(repository: Repository, login: string): boolean {
  return RANKS[roleOf(repository, login).base] >= RANKS.read;
}
