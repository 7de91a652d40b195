import type { KindRule } from "./kind.ts";
import { RESTRICTED_KEY } from "./restricted-key.ts";
import { SECRET_KEY } from "./secret-key.ts";

/** Every kind of credential that is reported. */
export const KIND_RULES: readonly KindRule[] = [SECRET_KEY, RESTRICTED_KEY];
