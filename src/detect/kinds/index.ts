import type { Kind } from "../../domain/index.ts";
import { APP_SECRET } from "./app-secret.ts";
import { CLI_TOKEN } from "./cli-token.ts";
import { CONNECT_TOKEN } from "./connect-token.ts";
import { EPHEMERAL_KEY } from "./ephemeral-key.ts";
import type { KindRule, Prefix } from "./kind.ts";
import { LEGACY_KEY } from "./legacy-key.ts";
import { ORGANIZATION_KEY } from "./organization-key.ts";
import { RESTRICTED_KEY } from "./restricted-key.ts";
import { SANDBOX_KEY } from "./sandbox-key.ts";
import { SECRET_KEY } from "./secret-key.ts";
import { WEBHOOK_SECRET } from "./webhook-secret.ts";

/** Every kind of credential. The compiler refuses a kind of src/domain without its line here, and a line without a kind. */
const RULES: { readonly [K in Kind]: KindRule<K> } = {
  secret_key: SECRET_KEY,
  restricted_key: RESTRICTED_KEY,
  organization_key: ORGANIZATION_KEY,
  webhook_secret: WEBHOOK_SECRET,
  cli_token: CLI_TOKEN,
  sandbox_key: SANDBOX_KEY,
  connect_token: CONNECT_TOKEN,
  app_secret: APP_SECRET,
  ephemeral_key: EPHEMERAL_KEY,
  legacy_key: LEGACY_KEY,
};

export const KIND_RULES: readonly KindRule[] = Object.values(RULES);

/** A publishable key is made to be embedded in clients: never reported, but it says whose the keys near it are. */
export const PUBLISHABLE_PREFIXES: readonly string[] = ["pk_live_", "pk_test_"];

/** A prefix together with the kind that it begins. */
export interface KnownPrefix {
  readonly rule: KindRule;
  readonly prefix: Prefix;
}

/** Every prefix that begins a credential. */
export const KNOWN_PREFIXES: readonly KnownPrefix[] = KIND_RULES.flatMap((rule) =>
  rule.prefixes.map((prefix) => ({ rule, prefix })),
);
