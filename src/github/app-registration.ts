/**
 * What the set-up asks GitHub: the credentials of the app that was just registered from its manifest, and a webhook secret of
 * our own in place of GitHub's. https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
import { Octokit } from "@octokit/rest";
import { ProbotOctokit } from "probot";
import { z } from "zod";
import { createBoundedFetch, MAX_IDLE_MS } from "./bounded-fetch.ts";
import { ask, check, GitHubError } from "./github-error.ts";

/** The app as GitHub made it. */
export interface RegisteredApp {
  readonly id: number;
  /** PEM. */
  readonly privateKey: string;
  /** Null: the app has no webhook. */
  readonly webhookSecret: string | null;
  /** Its public page. */
  readonly url: string | null;
}

const registeredSchema = z.object({
  id: z.int().positive(),
  pem: z.string().min(1),
  webhook_secret: z.string().nullish(),
  html_url: z.string().nullish(),
});

/**
 * Exchanges the code that GitHub gives once for the app's credentials.
 *
 * @throws GitHubError
 */
export async function convertManifest(apiUrl: string, code: string): Promise<RegisteredApp> {
  const doing = "hand over the registered app";
  const octokit = new Octokit({ baseUrl: apiUrl, request: { fetch: createBoundedFetch(MAX_IDLE_MS) } });
  const answer = await ask(doing, () => octokit.rest.apps.createFromManifest({ code }));
  const app = check(doing, registeredSchema, answer.data);
  return {
    id: app.id,
    privateKey: app.pem,
    webhookSecret: app.webhook_secret ?? null,
    url: app.html_url ?? null,
  };
}

/**
 * Gives the app's webhook this secret.
 *
 * @returns false if GitHub refused: the app has no webhook yet, or this GitHub is too old for the request
 * @throws GitHubError for what may pass
 */
export async function setWebhookSecret(
  apiUrl: string,
  app: Pick<RegisteredApp, "id" | "privateKey">,
  secret: string,
): Promise<boolean> {
  const octokit = new ProbotOctokit({
    baseUrl: apiUrl,
    auth: { appId: app.id, privateKey: app.privateKey },
    request: { fetch: createBoundedFetch(MAX_IDLE_MS) },
    retry: { retries: 0 },
    throttle: { enabled: false },
  });
  try {
    await ask("change the webhook's secret", () => octokit.rest.apps.updateWebhookConfigForApp({ secret }));
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.retry !== "soon") return false;
    throw error;
  }
}
