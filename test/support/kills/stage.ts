/**
 * The real app on a local GitHub, as one process with the embedded database or as three over one server, to be killed at
 * any moment. Webhooks reach whichever process lives; while none does, GitHub's deliveries fail.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { join } from "node:path";
import type { LocalGitHub } from "local-github";
import { startLocalGitHub } from "local-github";
import { AppLog } from "../../../demo/app-log.ts";
import { createLog } from "../../../src/server/log.ts";
import { startEmbeddedServer } from "../../../src/store/embedded/index.ts";
import { openFolder } from "../folders.ts";
import { killPostmaster, postmasterOf } from "../postmaster.ts";

const APP_ID = 4711;
const SECRET = "a secret between the two";
const ROOT = join(import.meta.dirname, "../../..");

interface Place {
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  process: ChildProcess | null;
}

/** What runs: processes behind one address, over one database. */
export class Stage {
  readonly github: LocalGitHub;
  readonly log = new AppLog();
  readonly directory: string;
  readonly #places: Place[] = [];
  readonly #door: Server;
  #end: () => Promise<void> = async () => {};
  #turn = 0;

  private constructor(github: LocalGitHub, directory: string, door: Server) {
    this.github = github;
    this.directory = directory;
    this.#door = door;
    door.on("request", (request: IncomingMessage, response: ServerResponse) => this.#pass(request, response));
  }

  /** @param processes 1: with its own embedded server. More: over one server, as an operator's */
  static async open(processes: number): Promise<Stage> {
    const directory = await openFolder("rollcall-kills-");
    const door = createServer().listen(0, "127.0.0.1");
    await once(door, "listening");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const github = await startLocalGitHub({
      directory: join(directory, "github"),
      app: { id: APP_ID, slug: "rollcall", key: pem },
      webhook: { url: `http://127.0.0.1:${portOf(door)}/api/github/webhooks`, secret: SECRET },
      // On a slow machine a run takes longer than an hour has requests.
      hourlyLimit: 1_000_000,
    });
    github.createOrganization("acme");
    github.createUser("ann", "ann@example.org");
    const stage = new Stage(github, directory, door);
    const database = processes === 1 ? {} : { DATABASE_URL: await stage.#startServer() };
    for (let index = 0; index < processes; index += 1) {
      const port = await freePort();
      stage.#places.push({
        port,
        process: null,
        environment: {
          PATH: process.env["PATH"] ?? "",
          APP_ID: String(APP_ID),
          PRIVATE_KEY: pem,
          WEBHOOK_SECRET: SECRET,
          PORT: String(port),
          GHE_HOST: new URL(github.origin).host,
          GHE_PROTOCOL: "http",
          DATA_DIR: join(directory, `data-${index}`),
          LOG_LEVEL: "warn",
          ...database,
        },
      });
    }
    for (const place of stage.#places) await stage.#start(place);
    github.install({ on: "acme" });
    return stage;
  }

  /** Kills the process whose turn it is and starts it again. */
  async killProcess(): Promise<void> {
    this.#turn += 1;
    const place = this.#places[this.#turn % this.#places.length];
    if (place?.process === undefined || place.process === null) return;
    await this.#stop(place);
    await this.#start(place);
  }

  /** Kills the embedded server, which its process starts again. */
  async killServer(): Promise<void> {
    const folder = join(this.directory, "data-0");
    const before = await postmasterOf(folder);
    await killPostmaster(folder);
    for (let now = before; now === null || now === before; now = await postmasterOf(folder))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends and starts every process: at its start the app asks GitHub for what it could not deliver. */
  async restart(): Promise<void> {
    for (const place of this.#places) await this.#stop(place);
    for (const place of this.#places) await this.#start(place);
  }

  async close(): Promise<void> {
    for (const place of this.#places) await this.#stop(place);
    await this.#end();
    await killPostmaster(join(this.directory, "data-0"));
    await this.github.close();
    this.#door.closeAllConnections();
    this.#door.close();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #startServer(): Promise<string> {
    const directory = join(this.directory, "server");
    const server = await startEmbeddedServer({ directory, log: createLog("silent") });
    this.#end = () => server.stop();
    const { host, port, user, password, database } = server.connection;
    const query = new URLSearchParams({ host, port: String(port) });
    return `postgres://${user}:${password}@/${database}?${query.toString()}`;
  }

  async #start(place: Place): Promise<void> {
    const child = spawn(process.execPath, ["src/main.ts"], {
      cwd: ROOT,
      env: place.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.log.follow(child.stdout, child.stderr);
    const ended = once(child, "exit").then(() => true);
    // Its level of log says nothing of being ready: its port does.
    while (!(await answers(place.port))) {
      if (await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve(false), 25))]))
        throw new Error(`The app ended:\n${this.log.text.slice(-4000)}`);
    }
    place.process = child;
  }

  async #stop(place: Place): Promise<void> {
    const child = place.process;
    place.process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Hands a request to a process that lives. */
  #pass(request: IncomingMessage, response: ServerResponse): void {
    const alive = this.#places.filter(({ process: child }) => child !== null);
    const place = alive[Math.floor(Math.random() * alive.length)];
    const refuse = (): void => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    };
    if (place === undefined) return refuse();
    const { method, url, headers } = request;
    const passed = ask({ host: "127.0.0.1", port: place.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", refuse);
    });
    passed.on("error", refuse);
    request.pipe(passed);
  }
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => null);
  await response?.body?.cancel();
  return response?.status === 200;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
