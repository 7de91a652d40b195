/** Asks GitHub, as the app, what it granted, where it is installed, and what became of the last deliveries. Writes nothing. */
import type { Logger } from "pino";
import { Probot } from "probot";
import { parse } from "yaml";
import { z } from "zod";
import type { Asked, GitHubFacts, Granted, InstallationFacts } from "../diagnosis/index.ts";
import {
  GitHubError,
  isInstalledOn,
  isUnknownApp,
  lastAttempts,
  listInstallations,
  pacedOctokit,
  readAppSettings,
  readClock,
  readHookSettings,
} from "../github/index.ts";
import type { GitHubClient } from "../github/index.ts";
import type { Environment } from "../server/index.ts";

/** Milliseconds without a byte after which a question is given up. */
const IDLE_MS = 10_000;
/** Pages of 100 installations. */
const MAX_PAGES = 20;
/** Accounts that are asked for their `.github`, one request each. */
const MAX_OWNERS = 50;

const manifestSchema = z.object({
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});

/** What app.yml asks for. */
export function wantedOf(manifest: string): Granted {
  const { default_permissions, default_events } = manifestSchema.parse(parse(manifest));
  return { permissions: default_permissions, events: default_events };
}

export async function askGitHub(
  environment: Environment,
  wanted: Granted,
  log: Logger,
): Promise<GitHubFacts> {
  const { appId, privateKey, webhookSecret: secret, apiUrl } = environment;
  const probot = new Probot({
    appId,
    privateKey,
    secret,
    baseUrl: apiUrl,
    Octokit: pacedOctokit(IDLE_MS),
    log,
  });
  const clock = await compareClocks(apiUrl);
  const asApp = await probot.auth();
  const app = clock.kind === "unreachable" ? NOT_ASKED : await asked(() => readAppSettings(asApp));
  const next = async <Value>(question: () => Promise<Value>): Promise<Asked<Value>> =>
    app.kind === "answered" ? asked(question) : NOT_ASKED;
  const hook = await next(() => readHookSettings(asApp));
  return {
    isPublic: new URL(apiUrl).hostname === "api.github.com",
    clock,
    app,
    installations: await next(() => installationsOf(asApp)),
    hook,
    attempts: await next(() => lastAttempts(asApp)),
    door: hook.kind === "answered" ? await knock(hook.value.url) : null,
    wanted,
  };
}

const NOT_ASKED = { kind: "not_asked" } as const;

async function asked<Value>(question: () => Promise<Value>): Promise<Asked<Value>> {
  try {
    return { kind: "answered", value: await question() };
  } catch (error) {
    // A key that cannot sign is refused before anything is sent.
    if (!(error instanceof GitHubError)) return { kind: "failed", code: "unauthorized", isUnknownApp: false };
    return { kind: "failed", code: error.code, isUnknownApp: isUnknownApp(error) };
  }
}

async function compareClocks(apiUrl: string): Promise<GitHubFacts["clock"]> {
  const before = Date.now();
  try {
    const theirs = await readClock(apiUrl, IDLE_MS);
    if (theirs === null) return { kind: "no_date" };
    // GitHub's date was made between the two, and has whole seconds.
    const ours = (before + Date.now()) / 2;
    return { kind: "read", aheadMs: ours - (theirs.getTime() + 500) };
  } catch (error) {
    if (error instanceof GitHubError) return { kind: "unreachable" };
    throw error;
  }
}

async function installationsOf(asApp: GitHubClient) {
  const { installations, isWhole } = await listInstallations(asApp, MAX_PAGES);
  const facts: InstallationFacts[] = [];
  let owners = 0;
  for (const installation of installations) {
    const { isSuspended, isSelection, account } = installation;
    const isAsked = isSelection && !isSuspended && owners < MAX_OWNERS;
    if (isAsked) owners += 1;
    const hasOwnersFile = isAsked ? await isInstalledOn(asApp, account, ".github") : null;
    facts.push({ ...installation, hasOwnersFile });
  }
  return { installations: facts, isWhole };
}

/** An unsigned request to the webhook's URL, which Rollcall refuses and which changes nothing. */
async function knock(url: string): Promise<GitHubFacts["door"]> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "doctor",
      },
      body: "{}",
      redirect: "manual",
      signal: AbortSignal.timeout(IDLE_MS),
    });
    await answer.body?.cancel();
    return { kind: "answered", status: answer.status };
  } catch (error) {
    return { kind: "unreachable", code: reasonOf(error) };
  }
}

/** The code of the innermost error, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name === "TimeoutError" ? "no answer within 10 seconds" : error.name;
}
