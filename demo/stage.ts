/**
 * Starts and ends what the demo and the benches run on: a local GitHub, the organization `acme` with the repository
 * `acme/shop`, a stand-in for Stripe, and the app as a process. Everything is in one temporary folder, removed at the end.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LocalGitHub, Repository } from "local-github";
import { startLocalGitHub } from "local-github";
import { cloneOf } from "../fixtures/clone.ts";
import { freePort } from "../fixtures/free-port.ts";
import { startLocalStripe } from "../local-stripe/index.ts";
import type { LocalStripe } from "../local-stripe/index.ts";
import { startApp } from "./app-process.ts";
import type { AppProcess } from "./app-process.ts";
import { seedPast } from "./past.ts";

const APP_ID = 1;

/** An end that hangs is given up: when this process exits, what is left is killed and removed. */
const CLOSE_MS = 60_000;

/** A git that is just being ended may still write into the folder: what it adds meanwhile is removed too. */
const REMOVE = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 } as const;

/** Who may write to the repository. Everybody else works in a fork. */
export const WRITERS = ["ann"];
const OTHERS = ["sam"];

/** The local GitHub with the organization `acme`, its private repository `acme/shop`, and the app installed on it. */
export interface Stage {
  readonly directory: string;
  readonly github: LocalGitHub;
  readonly repository: Repository;
  /** A repository that is older than the installation; null: there is none. */
  readonly past: Repository | null;
  readonly stripe: LocalStripe;
  readonly app: AppProcess;
  /** Resolves when every delivery is answered and every job of theirs has ended; rejects when the app dies. */
  settled(): Promise<void>;
  /** Ends the processes and removes everything from disk. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** Added to each REST request. */
  readonly latencyMs?: number;
  /** As operators run the app, with a log too short for `settled`: for benches, where a long one would count. */
  readonly quietLog?: boolean;
  /** Keys that work at the stand-in for Stripe. Given, the owner's file sets `verify_keys`. */
  readonly workingKeys?: readonly string[];
  /** In the history of a second repository. */
  readonly pastKey?: string;
  /** Of Node, for the app's process: for benches that look into it. */
  readonly nodeOptions?: string;
}

/**
 * Starts everything in a temporary folder. What was begun is undone where a part fails, and also where this process
 * ends before `close`.
 */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-demo-"));
  // Run by root, the app's database server is another user, who must pass through.
  await chmod(directory, 0o711);
  const abandon = (): void => removeAtExit(directory);
  process.once("exit", abandon);
  const remove = async (): Promise<void> => {
    await rm(directory, REMOVE);
    process.off("exit", abandon);
  };
  const undo: (() => Promise<void>)[] = [remove];
  const undoAll = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  const close = async (): Promise<void> => {
    const done = new AbortController();
    const givenUp = delay(CLOSE_MS, undefined, { signal: done.signal }).catch(() => undefined);
    await Promise.race([undoAll(), givenUp]).finally(() => done.abort());
  };
  try {
    const key = privateKey();
    const secret = randomBytes(20).toString("hex");
    const port = await freePort();
    const github = await startLocalGitHub({
      directory: join(directory, "github"),
      app: { id: APP_ID, slug: "rollcall", key },
      webhook: { url: `http://127.0.0.1:${port}/api/github/webhooks`, secret },
      latencyMs: options.latencyMs ?? 0,
    });
    undo.push(() => github.close());
    github.createOrganization("acme");
    for (const login of [...WRITERS, ...OTHERS]) github.createUser(login, `${login}@example.org`);
    const repository = await github.createRepository({
      owner: "acme",
      name: "shop",
      private: true,
      roles: { ...roles(WRITERS, "write"), ...roles(OTHERS, "read") },
    });
    const { pastKey } = options;
    const past = pastKey === undefined ? null : await seedPast(github, directory, pastKey);
    const stripe = await startLocalStripe();
    undo.push(() => stripe.close());
    for (const stripeKey of options.workingKeys ?? []) stripe.setKey(stripeKey, "active");
    if (options.workingKeys !== undefined) await verifyKeys(github, join(directory, "owner"));
    const app = await startApp({
      APP_ID: String(APP_ID),
      PRIVATE_KEY: key,
      WEBHOOK_SECRET: secret,
      PORT: String(port),
      GHE_HOST: new URL(github.origin).host,
      GHE_PROTOCOL: "http",
      DATA_DIR: join(directory, "data"),
      STRIPE_API_URL: stripe.url,
      ...(options.quietLog === true ? { LOG_LEVEL: "info" } : {}),
      ...(options.nodeOptions === undefined ? {} : { NODE_OPTIONS: options.nodeOptions }),
    });
    undo.push(() => app.stop());
    github.install({ on: "acme" });
    const settled = async (): Promise<void> => {
      await github.idle();
      const answered = github.deliveries.filter((one) => one.statusCode > 0);
      await Promise.race([app.log.allJobsEnded(answered), app.died]);
      await github.idle();
    };
    await (options.quietLog === true ? github.idle() : settled());
    return { directory, github, repository, past, stripe, app, settled, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes the owner's file, which has Rollcall ask Stripe whether leaked keys still work. */
async function verifyKeys(github: LocalGitHub, directory: string): Promise<void> {
  const owners = await github.createRepository({
    owner: "acme",
    name: ".github",
    private: true,
    roles: roles(WRITERS, "write"),
  });
  const clone = await cloneOf(github.cloneUrl(owners, WRITERS[0] ?? ""), directory);
  await clone.commit("Ask Stripe about leaked keys", { ".github/rollcall.yml": "verify_keys: true\n" });
  await clone.push("HEAD:main");
}

/** Removes a folder into which a process that was just killed may still write, until it stays away. */
function removeAtExit(directory: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  do {
    rmSync(directory, REMOVE);
    Atomics.wait(pause, 0, 0, 200);
  } while (existsSync(directory));
}

function roles<Role extends string>(logins: readonly string[], role: Role): Record<string, Role> {
  return Object.fromEntries(logins.map((login) => [login, role]));
}

function privateKey(): string {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
