import type { KeyObject } from "node:crypto";
import type { Account } from "./account.ts";

export type Permissions = Readonly<Record<string, "read" | "write" | "admin">>;

export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  /** Ids of the selected repositories; null for all repositories of the account. */
  repositories: Set<number> | null;
  permissions: Permissions;
  readonly createdAt: string;
  /** Who suspended the installation and when; null while it is active. */
  suspended: { readonly by: Account; readonly at: string } | null;
}

export interface InstallationToken {
  readonly token: string;
  readonly installation: Installation;
  readonly expiresAt: number;
  /** Ids of the repositories the token is limited to; null for all that the installation covers. */
  readonly repositories: ReadonlySet<number> | null;
  readonly permissions: Permissions;
}
