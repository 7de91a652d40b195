/**
 * The server of the set-up. It listens on loopback only, and every route asks for what the terminal printed, because anyone
 * who reaches it can put an app of theirs in place of the operator's. It writes once, and offers no relay service: that would
 * see every delivery, with any key in it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { GitHubError } from "../../github/index.ts";
import type { SetupEnvironment } from "../environment.ts";
import { openHttpDoor } from "../http-door.ts";
import type { HttpDoor } from "../http-door.ts";
import { CredentialsError, writeRegistered, writeTyped } from "./credentials.ts";
import type { CredentialsOptions, Written } from "./credentials.ts";
import { createGuard } from "./guard.ts";
import type { SetUpGuard } from "./guard.ts";
import { readManifest, webhookAt } from "./manifest.ts";
import { donePage, messagePage, reviewPage, startPage, STYLE_SOURCE } from "./page.ts";

const HOST = "127.0.0.1";

/** Of a form: a PEM file has 2 kB. */
const MAX_FORM_BYTES = 65_536;

const FORM = /^application\/x-www-form-urlencoded(?:\s*;|$)/i;

/** https://docs.github.com/en/organizations: letters, digits and hyphens. */
const ORGANIZATION = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;

const CODE = /^[\w-]{1,200}$/;

interface Site {
  readonly environment: SetupEnvironment;
  readonly guard: SetUpGuard;
  readonly credentials: CredentialsOptions;
  /** What was written; null: nothing yet. It is set before anything is, so nothing is written twice. */
  written: Promise<Written> | null;
}

interface Answer {
  readonly status: number;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves the set-up until the process ends.
 *
 * @param path of the file that gets the credentials
 */
export async function startSetUp(
  environment: SetupEnvironment,
  log: Logger,
  path = ".env",
): Promise<{ readonly door: HttpDoor; readonly instructions: string }> {
  const { apiUrl, hasMarkerKey } = environment;
  let site: Site | null = null;
  const door = await openHttpDoor({
    host: HOST,
    port: environment.port,
    log,
    handlers: [
      async (request, response) => {
        send(response, environment, site === null ? FORBIDDEN : await answer(site, request));
        return true;
      },
    ],
  });
  const guard = createGuard(door.port);
  site = { environment, guard, credentials: { path, apiUrl, hasMarkerKey }, written: null };
  return { door, instructions: instructions(`http://${HOST}:${door.port}/set-up?token=${guard.token}`) };
}

/** Shown in the terminal while the set-up waits. */
function instructions(address: string): string {
  return [
    "",
    "Rollcall has no GitHub App yet. Nothing is set, so this is the set-up:",
    "",
    "  1. Open this address, which works once, and register the app (name and permissions come from app.yml):",
    "",
    `       ${address}`,
    "",
    "  2. GitHub sends you back, and the app's credentials are written to .env.",
    "  3. Stop this with Ctrl+C and run `npm start` again.",
    "",
    "Only trying it out? `npm run demo` needs no GitHub account.",
    "",
  ].join("\n");
}

const FORBIDDEN: Answer = {
  status: 403,
  html: messagePage(
    "Open the address that the terminal shows",
    "It works once, in one browser. If it was used already, stop Rollcall and start it again for a new one.",
  ),
};

const NOT_FOUND: Answer = {
  status: 404,
  html: messagePage("No such page", "The set-up is at /set-up."),
};

async function answer(site: Site, request: IncomingMessage): Promise<Answer> {
  const { guard } = site;
  if (!guard.isFromHere(request)) return FORBIDDEN;
  const [path, query = ""] = (request.url ?? "").split("?", 2);
  const asked = new URLSearchParams(query);
  const route = `${request.method} ${path}`;
  if (route === "GET /set-up" && asked.has("token") && !guard.isOpen(request)) {
    const cookie = guard.open(asked.get("token"));
    return cookie === null ? FORBIDDEN : redirect("/set-up", { "set-cookie": cookie });
  }
  if (!guard.isOpen(request)) return FORBIDDEN;
  if (site.written !== null) return done(site, site.written);
  switch (route) {
    case "GET /":
      return redirect("/set-up");
    case "GET /set-up":
      return asked.has("token") ? redirect("/set-up") : { status: 200, html: startPage(null) };
    case "GET /set-up/registered":
      return registered(site, asked);
    case "POST /set-up/review":
      return withForm(request, async (form) => review(site, request, form));
    case "POST /set-up/import":
      return withForm(request, async (form) => imported(site, form));
    default:
      return NOT_FOUND;
  }
}

async function review(site: Site, request: IncomingMessage, form: URLSearchParams): Promise<Answer> {
  const typed = {
    webhook: (form.get("webhook") ?? "").trim(),
    organization: (form.get("organization") ?? "").trim(),
  };
  const webhook = typed.webhook === "" ? null : webhookAt(typed.webhook);
  if (webhook === null && typed.webhook !== "") {
    const wrong = "GitHub must be able to reach the address, and it must begin with https://";
    return { status: 400, html: startPage(wrong, typed) };
  }
  if (typed.organization !== "" && !ORGANIZATION.test(typed.organization))
    return { status: 400, html: startPage("An organization has letters, digits and hyphens.", typed) };
  const { githubUrl } = site.environment;
  const owner = typed.organization === "" ? "" : `/organizations/${typed.organization}`;
  const registerAt = `${githubUrl}${owner}/settings/apps/new?state=${site.guard.state}`;
  const manifest = await readManifest(`http://${request.headers.host}/set-up/registered`, webhook);
  return { status: 200, html: reviewPage(registerAt, manifest, webhook) };
}

async function registered(site: Site, asked: URLSearchParams): Promise<Answer> {
  const code = asked.get("code") ?? "";
  if (!site.guard.isState(asked.get("state")) || !CODE.test(code)) return FORBIDDEN;
  return writing(site, writeRegistered(site.credentials, code));
}

async function imported(site: Site, form: URLSearchParams): Promise<Answer> {
  const appId = form.get("app_id") ?? "";
  const typed = {
    appId,
    privateKey: form.get("private_key") ?? "",
    webhookSecret: form.get("webhook_secret") ?? "",
  };
  return writing(site, writeTyped(site.credentials, typed), appId);
}

/** Only what failed may be tried again. */
async function writing(site: Site, written: Promise<Written>, appId = ""): Promise<Answer> {
  site.written = written;
  try {
    await written;
    return await done(site, written);
  } catch (error) {
    site.written = null;
    if (error instanceof CredentialsError) return { status: 400, html: startPage(error.message, { appId }) };
    if (!(error instanceof GitHubError)) throw error;
    const advice = "Load this page again, or start over at /set-up.";
    return {
      status: 502,
      html: messagePage("GitHub did not hand over the app", `${error.message} ${advice}`),
    };
  }
}

async function done(site: Site, written: Promise<Written>): Promise<Answer> {
  const { url, notes } = await written;
  const isGitHubs = url?.startsWith(`${site.environment.githubUrl}/`) === true;
  return { status: 200, html: donePage(isGitHubs ? `${url}/installations/new` : null, notes) };
}

function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, html: "", headers: { location: to, ...headers } };
}

/** Other pages can send text without asking this server first; a form's origin was checked. */
async function withForm(
  request: IncomingMessage,
  use: (form: URLSearchParams) => Promise<Answer>,
): Promise<Answer> {
  const wrong = (status: number): Answer => ({
    status,
    html: messagePage("That is not the set-up's form", "Start over at /set-up."),
  });
  if (!FORM.test(request.headers["content-type"] ?? "")) return wrong(415);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return wrong(400);
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) return wrong(413);
    chunks.push(chunk);
  }
  return use(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
}

function send(
  response: ServerResponse,
  { githubUrl }: SetupEnvironment,
  { status, html, headers }: Answer,
): void {
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src ${STYLE_SOURCE}; form-action 'self' ${githubUrl}; base-uri 'none'; frame-ancestors 'none'`,
      // A stricter one would have browsers send forms without their origin.
      "referrer-policy": "strict-origin",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
      ...(status >= 400 ? { connection: "close" } : {}),
      ...headers,
    })
    .end(html);
}
