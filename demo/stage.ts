import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalGitHub, Repository } from "../local-github/index.ts";
import { startLocalGitHub } from "../local-github/index.ts";
import { startApp } from "./app-process.ts";
import type { AppProcess } from "./app-process.ts";

const APP_ID = 1;

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
  readonly app: AppProcess;
  /** Ends the processes and removes everything from disk. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** Added to each REST request. */
  readonly latencyMs?: number;
}

/**
 * Starts everything in a temporary folder. What was begun is undone where a part fails, and also where this process
 * ends before `close`.
 */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-demo-"));
  // Run by root, the app's database server is another user, who must pass through.
  await chmod(directory, 0o711);
  const abandon = (): void => rmSync(directory, REMOVE);
  process.once("exit", abandon);
  const remove = async (): Promise<void> => {
    await rm(directory, REMOVE);
    process.off("exit", abandon);
  };
  const undo: (() => Promise<void>)[] = [remove];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
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
    const app = await startApp({
      APP_ID: String(APP_ID),
      PRIVATE_KEY: key,
      WEBHOOK_SECRET: secret,
      PORT: String(port),
      GHE_HOST: new URL(github.origin).host,
      GHE_PROTOCOL: "http",
      DATA_DIR: join(directory, "data"),
    });
    undo.push(() => app.stop());
    github.install({ on: "acme" });
    await github.idle();
    return { directory, github, repository, app, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function roles<Role extends string>(logins: readonly string[], role: Role): Record<string, Role> {
  return Object.fromEntries(logins.map((login) => [login, role]));
}

function privateKey(): string {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
