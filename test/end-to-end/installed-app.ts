import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CheckRun, LocalGitHub, LocalGitHubOptions, Repository } from "../../local-github/index.ts";
import { startLocalGitHub } from "../../local-github/index.ts";
import { cloneOf } from "./clone.ts";
import type { Clone } from "./clone.ts";

const APP_ID = 4711;
const WEBHOOK_SECRET = "a secret between the two";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** The real process, installed on a local GitHub with one organization `acme` and one repository `acme/shop`. */
export class InstalledApp {
  readonly github: LocalGitHub;
  readonly repository: Repository;
  readonly directory: string;
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | null = null;
  /** Everything that the process wrote to its terminal. */
  output = "";
  #clones = 0;

  constructor(
    github: LocalGitHub,
    repository: Repository,
    directory: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.github = github;
    this.repository = repository;
    this.directory = directory;
    this.#environment = environment;
  }

  get dataDirectory(): string {
    return join(this.directory, "data");
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts the process and resolves when it takes webhooks. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ["src/main.ts"], {
      cwd: join(import.meta.dirname, "../.."),
      env: { PATH: process.env["PATH"] ?? "", ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const ready = Promise.withResolvers<void>();
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
      if (this.output.endsWith("\n") && this.output.includes("ready for webhooks")) ready.resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => ready.reject(new Error(`The app ended with ${code}:\n${this.output}`)));
    await ready.promise;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
    this.output = this.output.replace("ready for webhooks", "was ready");
  }

  async clone(login = "ann", repository = this.repository): Promise<Clone> {
    this.#clones += 1;
    return cloneOf(this.github.cloneUrl(repository, login), join(this.directory, `clone-${this.#clones}`));
  }

  /** The run that counts on a commit, once it is completed. */
  async completedCheck(head: string, repository = this.repository): Promise<CheckRun> {
    const current = (): CheckRun | undefined => this.github.checkRuns(repository, head).at(-1);
    await this.github.until(
      () => current()?.status === "completed",
      `a completed check on ${head}; the app said:\n${this.output.slice(-4000)}`,
    );
    const run = current();
    if (run === undefined) throw new Error("No run");
    return run;
  }

  /** Every byte that the app left on disk, and all it wrote to the terminal. */
  async everythingWritten(): Promise<Buffer> {
    const files: Buffer[] = [Buffer.from(this.output)];
    for (const entry of await readdir(this.dataDirectory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(await readFile(join(entry.parentPath, entry.name)));
    }
    return Buffer.concat(files);
  }
}

/** Starts a local GitHub and the app on it; both end with the test. */
export async function installApp(
  options: Partial<LocalGitHubOptions> & {
    readonly private?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<InstalledApp> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  const port = await freePort();
  const { private: isPrivate = true, environment = {}, ...site } = options;
  const github = await startLocalGitHub({
    directory: join(directory, "github"),
    app: { id: APP_ID, slug: "rollcall", key: PEM },
    webhook: { url: `http://127.0.0.1:${port}/api/github/webhooks`, secret: WEBHOOK_SECRET },
    ...site,
  });
  github.createOrganization("acme");
  github.createUser("ann", "ann@example.org");
  github.createUser("stranger");
  const repository = await github.createRepository({
    owner: "acme",
    name: "shop",
    private: isPrivate,
    roles: { ann: "write" },
  });
  const app = new InstalledApp(github, repository, directory, {
    APP_ID: String(APP_ID),
    PRIVATE_KEY: PEM,
    WEBHOOK_SECRET,
    PORT: String(port),
    GHE_HOST: new URL(github.origin).host,
    GHE_PROTOCOL: "http",
    DATA_DIR: join(directory, "data"),
    ...environment,
  });
  onTestFinished(async () => {
    await app.stop("SIGKILL");
    await github.close();
    await rm(directory, { recursive: true, force: true });
  });
  await app.start();
  github.install({ on: "acme" });
  await github.idle();
  return app;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
