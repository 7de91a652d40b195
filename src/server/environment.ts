/**
 * The environment of the process, checked once at the start. One error names everything that is missing or wrong, but never
 * a value: it may be a secret in the wrong place.
 */
import { getPrivateKey } from "@probot/get-private-key";
import { z } from "zod";
import { isSigningSecret, SigningSecret } from "../notify/index.ts";
import { CHECK_MODES } from "../policy/index.ts";
import type { CheckMode } from "../policy/index.ts";
import { isLoopback } from "../stripe/index.ts";
import { version } from "./version.ts";

/** Every variable that the process reads. Names are Probot's own where it has one. */
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const blankAsUnset = (value: unknown): unknown => (value === "" ? undefined : value);

function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(blankAsUnset, schema.optional());
}

/** False if unset. */
function trueOrFalse() {
  return z.preprocess(
    blankAsUnset,
    z
      .enum(["true", "false"], { error: "must be true or false" })
      .default("false")
      .transform((word) => word === "true"),
  );
}

/** `json` for machines, `pretty` for a terminal. */
const LOG_FORMATS = ["json", "pretty"] as const;

/** The port of `/healthz`, `/readyz` and `/metrics`, unless one is chosen. */
const MONITOR_PORT = 9400;
/** A shorter one could be guessed. */
const MIN_MONITOR_TOKEN = 16;

/** A shorter one could be guessed from the issues that it marks. */
const MIN_MARKER_KEY = 16;

/** A shorter one could be guessed from one delivery and its signature, by whoever saw both. */
const MIN_WEBHOOK_SECRET = 16;

const webhookSecret = z
  .string()
  .min(
    MIN_WEBHOOK_SECRET,
    `must have at least ${MIN_WEBHOOK_SECRET} characters: set a longer one here and on the app's settings page ` +
      "(openssl rand -hex 32 makes one)",
  );

const variablesSchema = z.object({
  APP_ID: optional(
    z.coerce.number("must be a number").int("must be a whole number").positive("must be positive"),
  ),
  PRIVATE_KEY: optional(z.string()),
  PRIVATE_KEY_PATH: optional(z.string()),
  WEBHOOK_SECRET: optional(webhookSecret),
  WEBHOOK_SECRET_FORMER: optional(webhookSecret),
  MARKER_KEY: optional(z.string().min(MIN_MARKER_KEY, `must have at least ${MIN_MARKER_KEY} characters`)),
  FORMER_MARKER_KEYS: optional(
    z
      .string()
      .transform((list) => list.split(",").map((key) => key.trim()))
      .refine((keys) => keys.every((key) => key.length >= MIN_MARKER_KEY), {
        error: `must be keys of at least ${MIN_MARKER_KEY} characters, with commas between them`,
      }),
  ),
  PORT: z.preprocess(blankAsUnset, z.coerce.number("must be a number").int().min(0).max(65535).default(3000)),
  HOST: z.preprocess(blankAsUnset, z.string().default("127.0.0.1")),
  GHE_HOST: optional(
    z.string().regex(/^[A-Za-z0-9.-]+(?::\d+)?$/, "must be a host name, with a port where needed"),
  ),
  GHE_PROTOCOL: z.preprocess(blankAsUnset, z.enum(["https", "http"]).default("https")),
  LOG_LEVEL: z.preprocess(blankAsUnset, z.enum(LOG_LEVELS).default("info")),
  REDIS_URL: optional(z.url({ protocol: /^rediss?$/, error: "must be a redis:// address" })),
  // Not every address is a valid URL: with a socket the host is empty.
  DATABASE_URL: optional(z.string().regex(/^postgres(?:ql)?:\/\/\S+$/, "must be a postgres:// address")),
  ROLE: z.preprocess(
    blankAsUnset,
    z.enum(["all", "web", "worker"], { error: "must be all, web or worker" }).default("all"),
  ),
  DEFAULT_MODE: z.preprocess(
    blankAsUnset,
    z.enum(CHECK_MODES, { error: "must be enforce or observe" }).default("enforce"),
  ),
  DATA_DIR: z.preprocess(blankAsUnset, z.string().default("data")),
  WEBHOOK_PROXY_URL: optional(
    z.never({
      error:
        "is not read: a relay beside the private key would see both. Run it as a process of its own, or unset this",
    }),
  ),
  HISTORY_DISK_GB: z.preprocess(
    blankAsUnset,
    z.coerce.number("must be a number").positive("must be positive").default(10),
  ),
  HISTORY_ISSUE_SECONDS: z.preprocess(
    blankAsUnset,
    z.coerce.number("must be a number").nonnegative("must not be negative").default(30),
  ),
  NOTIFY_URL: optional(
    z.url({ protocol: /^https?$/, error: "must be an https:// address" }).refine((url) => !hasLogin(url), {
      error: "must have no user name and password in it: sign with NOTIFY_SECRET",
    }),
  ),
  NOTIFY_SECRET: optional(
    z
      .string()
      .transform((text) => text.split(/\s+/).filter((secret) => secret !== ""))
      .refine((secrets) => secrets.length > 0 && secrets.every(isSigningSecret), {
        error: "must be whsec_ and the base64 of 24 to 64 random bytes; several are separated by spaces",
      }),
  ),
  NOTIFY_ALLOW_PRIVATE: trueOrFalse(),
  STRIPE_API_URL: optional(
    z
      .string()
      .refine(isLoopback, "is for tests only, and must be http://127.0.0.1 or http://[::1] with a port"),
  ),
  MONITOR_PORT: optional(z.coerce.number("must be a number").int().min(0).max(65535)),
  MONITOR_HOST: z.preprocess(blankAsUnset, z.string().default("127.0.0.1")),
  MONITOR_TOKEN: optional(
    z.string().min(MIN_MONITOR_TOKEN, `must have at least ${MIN_MONITOR_TOKEN} characters`),
  ),
  MONITOR_REPOSITORIES: trueOrFalse(),
  LOG_FORMAT: optional(z.enum(LOG_FORMATS, { error: "must be json or pretty" })),
  NODE_ENV: optional(z.string()),
});

/** The names of all variables that Rollcall reads. */
export const VARIABLES: readonly string[] = Object.keys(variablesSchema.shape);

function hasLogin(address: string): boolean {
  const { username, password } = new URL(address);
  return username !== "" || password !== "";
}

/** The operator's webhook, which is told of changes of leaks. */
export interface NotifyEnvironment {
  readonly url: string;
  readonly secrets: readonly SigningSecret[];
  readonly allowPrivate: boolean;
}

/** Where health and metrics are served. */
export interface MonitorEnvironment {
  readonly host: string;
  readonly port: number;
  /** The operator chose the port: it must be free. */
  readonly isChosen: boolean;
  /** Guards the metrics; null: none, on loopback only. */
  readonly token: string | null;
  /** Labels may name repositories. */
  readonly names: boolean;
}

/** What the program needs of the environment, checked. */
export interface Environment {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** The one it was before, which GitHub may still sign with while it is changed; null: none. */
  readonly formerWebhookSecret: string | null;
  /** The secret of the hidden markers in issues; null: the app's private key. */
  readonly markerKey: string | null;
  /** Those it was before, which still find issues. */
  readonly formerMarkerKeys: readonly string[];
  readonly port: number;
  readonly host: string;
  /** `https://api.github.com`, or the API of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** `https://github.com`, or the page of a GitHub Enterprise Server. */
  readonly githubUrl: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: (typeof LOG_FORMATS)[number];
  readonly monitor: MonitorEnvironment;
  /** Of this program. */
  readonly version: string;
  readonly redisUrl: string | null;
  /** For fetched commits, and the database if `databaseUrl` is null. */
  readonly dataDirectory: string;
  /** Disk space for fetched histories, all of them together. */
  readonly historyDiskBytes: number;
  /** From the issue of one key of a history to that of the next, in an installation. */
  readonly historyIssueMs: number;
  /** The operator's PostgreSQL; null: one of this process, in the data folder. */
  readonly databaseUrl: string | null;
  /** What this process does: take webhooks, work on jobs, or both. */
  readonly role: "all" | "web" | "worker";
  /** For owners whose configuration sets no mode: `observe` is for a trial. */
  readonly defaultMode: CheckMode;
  /** Null: no webhook is told anything. */
  readonly notify: NotifyEnvironment | null;
  /** A stand-in for Stripe on this machine, for tests and the demo; null: Stripe itself. */
  readonly stripeUrl: string | null;
  /** From this git gets PATH, proxies and certificates, requests to Stripe get the proxy, and nothing else is read. */
  readonly forGit: Readonly<Record<string, string | undefined>>;
}

/** No app is configured yet: the set-up page has to register one. */
export interface SetupEnvironment {
  readonly setup: true;
  readonly port: number;
  /** As of `Environment`. */
  readonly apiUrl: string;
  readonly githubUrl: string;
  readonly hasMarkerKey: boolean;
}

/** A variable is missing or wrong. The message names each one and says what to do; values are never in it. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly code = "environment";
  readonly retryable = false;
  /** Each begins with the variable's name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(listed(problems), options);
    this.problems = problems;
  }
}

/**
 * Checks the environment.
 *
 * @param variables such as `process.env`
 * @param options `isTerminal`: a person reads the log
 * @throws EnvironmentError naming every variable that is missing or wrong
 */
export function parseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  { isTerminal = false }: { readonly isTerminal?: boolean } = {},
): Environment | SetupEnvironment {
  const parsed = variablesSchema.safeParse(variables);
  if (!parsed.success) {
    throw new EnvironmentError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    );
  }
  const set = parsed.data;
  if (set.ROLE !== "all" && set.DATABASE_URL === undefined) {
    throw new EnvironmentError([
      `ROLE=${set.ROLE} needs DATABASE_URL: processes that share the work share a database`,
    ]);
  }
  const notify = notifyOf(set);
  const monitor = monitorOf(set);
  const hasKey = set.PRIVATE_KEY !== undefined || set.PRIVATE_KEY_PATH !== undefined;
  if (
    set.APP_ID === undefined &&
    !hasKey &&
    set.WEBHOOK_SECRET === undefined &&
    set.NODE_ENV !== "production"
  )
    return { setup: true, port: set.PORT, ...gitHubOf(set), hasMarkerKey: set.MARKER_KEY !== undefined };

  const missing = [
    ...(set.APP_ID === undefined ? ["APP_ID is missing: the number on the app's settings page"] : []),
    ...(hasKey
      ? []
      : ["PRIVATE_KEY (or PRIVATE_KEY_PATH) is missing: generate one on the app's settings page"]),
    ...(set.WEBHOOK_SECRET === undefined
      ? ["WEBHOOK_SECRET is missing: the one on the app's settings page"]
      : []),
  ];
  if (set.APP_ID === undefined || !hasKey || set.WEBHOOK_SECRET === undefined)
    throw new EnvironmentError(missing);

  return {
    appId: set.APP_ID,
    privateKey: readPrivateKey(variables),
    webhookSecret: set.WEBHOOK_SECRET,
    formerWebhookSecret: set.WEBHOOK_SECRET_FORMER ?? null,
    markerKey: set.MARKER_KEY ?? null,
    formerMarkerKeys: set.FORMER_MARKER_KEYS ?? [],
    port: set.PORT,
    host: set.HOST,
    ...gitHubOf(set),
    logLevel: set.LOG_LEVEL,
    logFormat: set.LOG_FORMAT ?? (isTerminal && set.NODE_ENV !== "production" ? "pretty" : "json"),
    monitor,
    version,
    redisUrl: set.REDIS_URL ?? null,
    dataDirectory: set.DATA_DIR,
    historyDiskBytes: set.HISTORY_DISK_GB * 1e9,
    historyIssueMs: set.HISTORY_ISSUE_SECONDS * 1000,
    databaseUrl: set.DATABASE_URL ?? null,
    role: set.ROLE,
    defaultMode: set.DEFAULT_MODE,
    notify,
    stripeUrl: set.STRIPE_API_URL ?? null,
    forGit: variables,
  };
}

function gitHubOf({
  GHE_HOST: host,
  GHE_PROTOCOL: protocol,
}: z.infer<typeof variablesSchema>): Pick<Environment, "apiUrl" | "githubUrl"> {
  return host === undefined
    ? { apiUrl: "https://api.github.com", githubUrl: "https://github.com" }
    : { apiUrl: `${protocol}://${host}/api/v3`, githubUrl: `${protocol}://${host}` };
}

/** Metrics tell how many keys are open, so beyond this machine they need a token. */
function monitorOf(set: z.infer<typeof variablesSchema>): MonitorEnvironment {
  const { MONITOR_HOST: host, MONITOR_PORT: port, MONITOR_TOKEN: token = null } = set;
  if (token === null && !/^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw new EnvironmentError([
      `MONITOR_TOKEN is missing: with MONITOR_HOST=${host} others can ask for the metrics`,
    ]);
  }
  const names = set.MONITOR_REPOSITORIES;
  return { host, port: port ?? MONITOR_PORT, isChosen: port !== undefined, token, names };
}

/** Without a signature a receiver could be told anything by anyone, and without TLS anyone on the way reads along. */
function notifyOf(set: z.infer<typeof variablesSchema>): NotifyEnvironment | null {
  const { NOTIFY_URL: url, NOTIFY_SECRET: secrets, NOTIFY_ALLOW_PRIVATE: allowPrivate } = set;
  if (url === undefined) return null;
  if (secrets === undefined)
    throw new EnvironmentError(["NOTIFY_SECRET is missing: NOTIFY_URL needs it to sign messages"]);

  if (url.startsWith("http:") && !allowPrivate)
    throw new EnvironmentError(["NOTIFY_URL must be an https:// address"]);

  return { url, secrets: secrets.map((secret) => new SigningSecret(secret)), allowPrivate };
}

function readPrivateKey(variables: Readonly<Record<string, string | undefined>>): string {
  try {
    const key = getPrivateKey({ env: { ...variables } });
    if (key !== null) return key;
  } catch (cause) {
    throw new EnvironmentError(
      ["PRIVATE_KEY or PRIVATE_KEY_PATH holds no private key: give the PEM file as GitHub made it"],
      { cause },
    );
  }
  throw new EnvironmentError(["PRIVATE_KEY (or PRIVATE_KEY_PATH) is missing"]);
}

function listed(problems: readonly string[]): string {
  return `Invalid environment variables:\n${problems.map((problem) => `  - ${problem}`).join("\n")}\n.env.example describes each variable.`;
}
