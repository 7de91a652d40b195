import type { Finding } from "../../domain/index.ts";

/** ` (created 2020-12-06)`; empty if the account or its day is not known. */
export function accountAge({ account, accountCreated }: Pick<Finding, "account" | "accountCreated">): string {
  return account === null || accountCreated === null ? "" : ` (created ${accountCreated})`;
}
