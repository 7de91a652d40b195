import { APP_SECRET } from "./app-secret.ts";
import { CLI_TOKEN } from "./cli-token.ts";
import { CONNECT_TOKEN } from "./connect-token.ts";
import { EPHEMERAL_KEY } from "./ephemeral-key.ts";
import type { KindRule } from "./kind.ts";
import { ORGANIZATION_KEY } from "./organization-key.ts";
import { RESTRICTED_KEY } from "./restricted-key.ts";
import { SANDBOX_KEY } from "./sandbox-key.ts";
import { SECRET_KEY } from "./secret-key.ts";
import { WEBHOOK_SECRET } from "./webhook-secret.ts";

/**
 * Every kind of credential that has a prefix. The one that has none, the legacy key, is found by the assignment
 * it stands in: see `legacy-key.ts`.
 */
export const KIND_RULES: readonly KindRule[] = [
  SECRET_KEY,
  RESTRICTED_KEY,
  ORGANIZATION_KEY,
  WEBHOOK_SECRET,
  CLI_TOKEN,
  SANDBOX_KEY,
  CONNECT_TOKEN,
  APP_SECRET,
  EPHEMERAL_KEY,
];
