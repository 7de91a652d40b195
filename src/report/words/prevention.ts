import type { Kind } from "../../domain/index.ts";
import { ELSEWHERE, RECIPES } from "./prevention-recipes.ts";
import type { Recipe } from "./prevention-recipes.ts";

/** How one file should read the secret instead of holding it. */
export interface Prevention extends Pick<Recipe, "language" | "fence" | "note"> {
  readonly example: string;
}

/** The environment variable that Stripe's samples and most frameworks use. */
const VARIABLES: Readonly<Record<Kind, string>> = {
  secret_key: "STRIPE_SECRET_KEY",
  restricted_key: "STRIPE_RESTRICTED_KEY",
  organization_key: "STRIPE_ORGANIZATION_KEY",
  webhook_secret: "STRIPE_WEBHOOK_SECRET",
  cli_token: "STRIPE_API_KEY",
  sandbox_key: "STRIPE_SECRET_KEY",
  connect_token: "STRIPE_CONNECT_REFRESH_TOKEN",
  app_secret: "STRIPE_APP_SIGNING_SECRET",
  ephemeral_key: "STRIPE_EPHEMERAL_KEY",
  legacy_key: "STRIPE_SECRET_KEY",
};

/** The kinds that the API accepts as a key. */
const API_KEYS: ReadonlySet<Kind> = new Set([
  "secret_key",
  "restricted_key",
  "organization_key",
  "sandbox_key",
  "legacy_key",
  "cli_token",
]);

/**
 * How the file should get the secret; null if no file is concerned, or the kind is never configured.
 *
 * @param path as the finding has it; null if the credential is not in a file (a commit message)
 */
export function preventionFor(path: string | null, kind: Kind): Prevention | null {
  // A program makes its short-lived keys itself: it reads none from the environment.
  if (path === null || kind === "ephemeral_key") return null;

  const { language, fence, example, value, note } =
    RECIPES.find(({ matches, within }) => matches.test(path) && (within?.test(path) ?? true)) ?? ELSEWHERE;
  const written = API_KEYS.has(kind) ? example : (value ?? example);
  return { language, fence, example: written(VARIABLES[kind]), note };
}

const TEST_PLACES =
  /(?:^|\/)(?:tests?|specs?|__tests__|__mocks__|fixtures?|mocks?|examples?|samples?|docs?|cypress|e2e)\/|[._-](?:test|spec|e2e|dev|development|local|example|sample)(?:\.[^/]*)?$/i;

/** Whether only tests, examples or development use a file of this path: no live key belongs there. */
export function isTestPlace(path: string | null): boolean {
  return path !== null && TEST_PLACES.test(path);
}
