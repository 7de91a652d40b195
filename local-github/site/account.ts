/** GitHub's base roles. A custom role has its own name and is built on one of these. */
export type BaseRole = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface Role {
  readonly base: BaseRole;
  /** The value of `role_name` in REST answers: the base role, or the name of a custom role. */
  readonly name: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  /** Commits with this address are attributed to this account. */
  readonly email: string;
}
