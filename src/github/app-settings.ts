/**
 * What GitHub knows of the app itself: what it was granted, where it is installed, how its webhook is set up, and what
 * became of the last deliveries. Only `npm run doctor` asks for these.
 */
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { createBoundedFetch } from "./bounded-fetch.ts";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";

const permissionsSchema = z.record(z.string(), z.string());

const appSchema = z.object({
  slug: z.string(),
  html_url: z.string().optional().default(""),
  permissions: permissionsSchema,
  events: z.array(z.string()),
});

/** The app as its settings page shows it. */
export interface AppSettings {
  readonly slug: string;
  /** Its public page; empty where GitHub does not say. */
  readonly page: string;
  /** Level by name, such as `checks: write`. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** @throws GitHubError */
export async function readAppSettings(asApp: GitHubClient): Promise<AppSettings> {
  const doing = "read the app";
  const answer = await ask(doing, () => asApp.rest.apps.getAuthenticated());
  const { slug, html_url: page, permissions, events } = check(doing, appSchema, answer.data);
  return { slug, page, permissions, events };
}

/** Whether a refusal says that there is no app of this id, and not that its key is another. */
export function isUnknownApp(error: GitHubError): boolean {
  return error.cause instanceof RequestError && /integration not found/i.test(error.cause.message);
}

const installationSchema = z.object({
  id: z.int(),
  account: z.object({ login: z.string() }).nullish(),
  repository_selection: z.string().optional().default("all"),
  permissions: permissionsSchema,
  events: z.array(z.string()),
  html_url: z.string().optional().default(""),
  suspended_at: z.string().nullish(),
});

/** Where the app is installed, and what the account granted there. */
export interface InstallationSettings {
  readonly id: number;
  readonly account: string;
  /** The page on which its owner changes it; empty where GitHub does not say. */
  readonly page: string;
  /** Only repositories that somebody selected. */
  readonly isSelection: boolean;
  readonly isSuspended: boolean;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/**
 * Every installation of the app, up to `maxPages` of 100.
 *
 * @throws GitHubError
 */
export async function listInstallations(
  asApp: GitHubClient,
  maxPages: number,
): Promise<{ readonly installations: readonly InstallationSettings[]; readonly isWhole: boolean }> {
  const doing = "list the installations";
  return ask(doing, async () => {
    const installations: InstallationSettings[] = [];
    let pages = 0;
    for await (const page of asApp.paginate.iterator(asApp.rest.apps.listInstallations, { per_page: 100 })) {
      if (pages >= maxPages) return { installations, isWhole: false };
      installations.push(...check(doing, z.array(installationSchema), page.data).map(installationOf));
      pages += 1;
    }
    return { installations, isWhole: true };
  });
}

function installationOf(each: z.infer<typeof installationSchema>): InstallationSettings {
  return {
    id: each.id,
    account: each.account?.login ?? `installation ${each.id}`,
    page: each.html_url,
    isSelection: each.repository_selection === "selected",
    isSuspended: each.suspended_at !== null && each.suspended_at !== undefined,
    permissions: each.permissions,
    events: each.events,
  };
}

/**
 * Whether the app is installed on a repository with this name. False too if there is none: GitHub answers both the same.
 *
 * @throws GitHubError
 */
export async function isInstalledOn(asApp: GitHubClient, owner: string, repo: string): Promise<boolean> {
  try {
    await ask("read the installation of the repository", () =>
      asApp.rest.apps.getRepoInstallation({ owner, repo }),
    );
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return false;
    throw error;
  }
}

const hookSchema = z.object({
  url: z.string().nullish(),
  content_type: z.string().optional().default("form"),
  insecure_ssl: z.union([z.string(), z.number()]).optional().default("0"),
  secret: z.string().nullish(),
});

/** The webhook of the app, without its secret, which GitHub never shows. */
export interface HookSettings {
  readonly url: string;
  readonly contentType: string;
  readonly verifiesCertificate: boolean;
  readonly hasSecret: boolean;
}

/** @throws GitHubError */
export async function readHookSettings(asApp: GitHubClient): Promise<HookSettings> {
  const doing = "read the configuration of the webhook";
  const answer = await ask(doing, () => asApp.rest.apps.getWebhookConfigForApp());
  const hook = check(doing, hookSchema, answer.data);
  return {
    url: hook.url ?? "",
    contentType: hook.content_type,
    verifiesCertificate: String(hook.insecure_ssl) === "0",
    hasSecret: hook.secret !== null && hook.secret !== undefined && hook.secret !== "",
  };
}

const attemptSchema = z.object({
  guid: z.string(),
  delivered_at: z.iso.datetime({ offset: true }),
  event: z.string(),
  status: z.string().optional().default(""),
  status_code: z.int(),
});

/** One attempt of GitHub to deliver something, and how it was answered. */
export interface DeliveryAttempt {
  /** Shared by a delivery and its redeliveries. */
  readonly guid: string;
  readonly at: Date;
  readonly event: string;
  /** 0: there was no answer. */
  readonly statusCode: number;
  /** GitHub's words, such as `OK` or `timed out`. */
  readonly status: string;
}

/**
 * The last attempts, at most 100, the newest first.
 *
 * @throws GitHubError
 */
export async function lastAttempts(asApp: GitHubClient): Promise<DeliveryAttempt[]> {
  const doing = "list the deliveries";
  const answer = await ask(doing, () => asApp.rest.apps.listWebhookDeliveries({ per_page: 100 }));
  return check(doing, z.array(attemptSchema), answer.data).map((each) => ({
    guid: each.guid,
    at: new Date(each.delivered_at),
    event: each.event,
    statusCode: each.status_code,
    status: each.status,
  }));
}

/**
 * GitHub's clock, by the date of an answer that needs no credentials and counts against no limit.
 *
 * @returns null if the answer has no date
 * @throws GitHubError `unavailable` if there is no answer
 */
export async function readClock(apiUrl: string, idleMs: number): Promise<Date | null> {
  const answer = await createBoundedFetch(idleMs)(`${apiUrl}/rate_limit`).catch((cause: unknown) => {
    throw new GitHubError("unavailable", "GitHub was unreachable when asked for its clock.", {
      status: null,
      cause,
    });
  });
  await answer.body?.cancel();
  const date = Date.parse(answer.headers.get("date") ?? "");
  return Number.isNaN(date) ? null : new Date(date);
}
