/**
 * The real app as a process, installed on the organization `acme` of a local GitHub. `end` fails the test if a request
 * did not match GitHub's description or if a generated key is in the log or in the data folder.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import type { Delivery, LocalGitHub, LocalGitHubOptions, NewRepository } from "local-github";
import { startLocalGitHub } from "local-github";
import { freePort } from "../../fixtures/free-port.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { AppLog } from "../../demo/app-log.ts";
import { inheritedEnvironment } from "./app-environment.ts";
import { openFolder } from "./folders.ts";
import { openJobs } from "./open-jobs.ts";
import { killPostmaster } from "./postmaster.ts";
import { Project } from "./project.ts";
import { secretsIn } from "./written-secrets.ts";

const APP_ID = 4711;

/** Only to end what hangs. */
const HANGS_MS = 240_000;

/** The app could not store a delivery in time. */
const TOO_BUSY = 503;
/** After so many the app does not refuse because the machine is busy. */
const MAX_ROUNDS = 5;

const WEBHOOK_SECRET = "a secret between the two";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** The private key of every installed app. */
export const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** Of a key made by `keyOf`: prefix and account may be shown, and the last four; what lies between may not. */
const SECRET_PART = /^[a-z_]+51.{15}(.+)00.{8}$/;

/** The programs, with what they are told. */
const PROGRAMS = {
  /** As it is on GitHub. */
  real: ["src/main.ts"],
  /** Does not wait between writes and before retries. */
  hurried: ["test/support/hurried-app-process.ts"],
  /** The same, and finds nothing in histories. */
  pushes: ["test/support/hurried-app-process.ts", "no-histories"],
} as const;

/** The real process, installed on the organization `acme` of a local GitHub, where `ann` may write and `stranger` not. */
export class InstalledApp {
  readonly github: LocalGitHub;
  readonly directory: string;
  readonly log = new AppLog();
  /** The variables of the process, besides what it inherits. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #program: readonly string[];
  readonly #secrets = new Set<string>();
  /** Of the process that ended last. */
  exitCode: number | null = null;
  #process: ChildProcess | null = null;
  #projects = 0;
  /** How many deliveries there were when the process started: of what a killed one answered, no line may be left. */
  #answeredBefore = 0;
  /** The last lines of a killed process may be missing. */
  #wasKilled = false;

  constructor(
    github: LocalGitHub,
    directory: string,
    environment: Readonly<Record<string, string>>,
    program: readonly string[],
  ) {
    this.github = github;
    this.directory = directory;
    this.environment = environment;
    this.#program = program;
  }

  get dataDirectory(): string {
    return join(this.directory, "data");
  }

  /** Starts the process and resolves when it takes webhooks. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#program, {
      cwd: join(import.meta.dirname, "../.."),
      env: { ...inheritedEnvironment(), ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    this.#answeredBefore = this.github.deliveries.length;
    const ready = this.log.next("Rollcall is ready for webhooks");
    this.log.follow(child.stdout, child.stderr);
    const ended = once(child, "exit").then(() => {
      throw new Error(`The app ended:\n${this.log.text.slice(-4000)}`);
    });
    ended.catch(() => {});
    await Promise.race([ready, ended]);
    if (this.#wasKilled) this.log.leftOpen(await openJobs(this.dataDirectory));
    this.#wasKilled = false;
  }

  /** Ends the process; with SIGKILL in the middle of whatever it does. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.#wasKilled = signal === "SIGKILL";
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    this.exitCode = child.exitCode;
  }

  /** Sends the process a signal that it does not end by. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Asks its server for monitoring. */
  monitor(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.environment["MONITOR_PORT"] ?? ""}${path}`, { headers });
  }

  /** A repository of its own for one scenario. */
  async project(options: Partial<NewRepository> = {}): Promise<Project> {
    this.#projects += 1;
    const repository = await this.github.createRepository({
      owner: "acme",
      name: `shop-${this.#projects}`,
      private: true,
      roles: { ann: "write" },
      ...options,
    });
    return new Project(this, repository);
  }

  /** A live key that never existed, and that may appear nowhere in what the app writes. */
  key(seed: string, prefix: Parameters<typeof keyOf>[0] = "sk_live_"): string {
    const key = keyOf(prefix, seed);
    const secret = SECRET_PART.exec(key)?.[1];
    if (secret === undefined) throw new Error("keyOf makes keys of another shape now.");
    this.#secrets.add(secret);
    return key;
  }

  /** Text that may appear nowhere in what the app writes, either. */
  hide(text: string): void {
    this.#secrets.add(text);
  }

  /** Resolves when every delivery is answered and every job of theirs has ended. */
  async settled(): Promise<void> {
    const sent = await this.#taken();
    const refused = sent.find(({ status, statusCode }) => status === "timed out" || statusCode >= 400);
    if (refused !== undefined) throw new Error(`The app did not take a ${refused.event}: ${refused.status}`);
    const answered = sent.filter((one) => one.statusCode > 0);
    await this.log.allJobsEnded(answered);
    await this.github.idle();
  }

  /**
   * All deliveries since the process started, once they are answered. What it was too busy to store in eight seconds is
   * sent again, as Rollcall itself asks for on GitHub, and what was taken then does not count as refused.
   */
  async #taken(): Promise<readonly Delivery[]> {
    for (let round = 0; ; round++) {
      await this.github.idle();
      const sent = this.github.deliveries.slice(this.#answeredBefore);
      const taken = new Set(sent.filter((one) => isTaken(one)).map(({ guid }) => guid));
      const left = sent.filter((one) => one.statusCode !== TOO_BUSY || !taken.has(one.guid));
      const busy = new Map(
        left.filter((one) => one.statusCode === TOO_BUSY).map((one) => [one.guid, one] as const),
      );
      if (busy.size === 0 || round === MAX_ROUNDS) return left;
      for (const one of busy.values()) this.github.redeliver(one);
    }
  }

  /**
   * Does something that the app does not hear of.
   *
   * @returns the deliveries that it would have had; `github.redeliver` sends one
   */
  async unheard(what: () => Promise<unknown>): Promise<Delivery[]> {
    const { webhook } = this.github;
    const before = this.github.deliveries.length;
    this.github.deliverNowhere();
    await what();
    await this.github.idle();
    if (webhook !== null) this.github.deliverTo(webhook.url, webhook.secret);
    return this.github.deliveries.slice(before);
  }

  /** The warnings and errors that the app logged last. */
  problems(): string {
    return this.log.problems().slice(-10).join("\n");
  }

  /** Ends everything, and fails where a request was not as GitHub describes it or where a key was written anywhere. */
  async end(): Promise<void> {
    await this.stop("SIGKILL");
    await killPostmaster(this.dataDirectory);
    await this.github.close();
    const written = await this.#everythingWritten();
    // A git or a database that is just ending may still write.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    const { violations } = this.github;
    if (violations.length > 0) throw new Error(`Not as GitHub describes it: ${JSON.stringify(violations)}`);
    const leaked = secretsIn(written, [...this.#secrets]);
    if (leaked.length > 0) throw new Error(`There are keys in the log or the data: ${leaked.join(", ")}`);
  }

  /** The log and every file of the app but the mirrors: those are the repositories themselves, as git keeps them. */
  async #everythingWritten(): Promise<Buffer> {
    const files: Buffer[] = [Buffer.from(this.log.text)];
    const mirrors = join(this.dataDirectory, "mirrors");
    for (const entry of await readdir(this.dataDirectory, { recursive: true, withFileTypes: true })) {
      const within = entry.parentPath === mirrors || entry.parentPath.startsWith(`${mirrors}/`);
      if (entry.isFile() && !within) files.push(await written(join(entry.parentPath, entry.name)));
    }
    return Buffer.concat(files);
  }
}

function isTaken({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** A file, or nothing where a database server that is just ending removed it. */
async function written(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

export interface AppOptions extends Partial<LocalGitHubOptions> {
  /** When the app ends: with the test that starts it, unless told. */
  readonly lasts?: "test" | "file";
  /** False: the app runs and is installed nowhere yet. */
  readonly installed?: boolean;
  /** More variables of the process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it leaves out to be quick. Default `pushes`. */
  readonly as?: keyof typeof PROGRAMS;
  /** The secret of its webhook, for tests that look for it. */
  readonly webhookSecret?: string;
}

/** Starts a local GitHub and the app on it, with everything in its log. */
export async function installApp(options: AppOptions = {}): Promise<InstalledApp> {
  const directory = await openFolder("rollcall-test-");
  const [port, monitorPort] = [await freePort(), await freePort()];
  const {
    lasts = "test",
    installed = true,
    environment = {},
    as = "pushes",
    webhookSecret = WEBHOOK_SECRET,
    ...site
  } = options;
  const github = await startLocalGitHub({
    directory: join(directory, "github"),
    app: { id: APP_ID, slug: "rollcall", key: PEM },
    webhook: { url: `http://127.0.0.1:${port}/api/github/webhooks`, secret: webhookSecret },
    ...site,
  });
  // Only tests of this limit have it: on a busy machine an answer may take longer than GitHub waits.
  github.setWebhookTimeout(HANGS_MS);
  github.createOrganization("acme");
  github.createUser("ann", "ann@example.org");
  github.createUser("stranger");
  const variables = {
    APP_ID: String(APP_ID),
    PRIVATE_KEY: PEM,
    WEBHOOK_SECRET: webhookSecret,
    PORT: String(port),
    GHE_HOST: new URL(github.origin).host,
    GHE_PROTOCOL: "http",
    DATA_DIR: join(directory, "data"),
    LOG_LEVEL: "trace",
    MONITOR_PORT: String(monitorPort),
    ...environment,
  };
  const app = new InstalledApp(github, directory, variables, PROGRAMS[as]);
  (lasts === "file" ? afterAll : onTestFinished)(() => app.end());
  await app.start();
  if (installed) github.install({ on: "acme" });
  await app.settled();
  return app;
}
