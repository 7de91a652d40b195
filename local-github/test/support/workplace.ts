import { execFile, spawn } from "node:child_process";
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import type { LocalGitHub, LocalGitHubOptions, Repository } from "../../index.ts";
import { startLocalGitHub } from "../../index.ts";
import type { JsonObject } from "../../json.ts";
import { isObject } from "../../json.ts";

const run = promisify(execFile);

export const APP_ID = 4711;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const appKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export function objectIn(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`No JSON object: ${String(value)}`);
  return value;
}

/** A person's working copy. */
export class Clone {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.directory, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_AUTHOR_NAME: "Ann",
        GIT_AUTHOR_EMAIL: "ann@example.org",
        GIT_COMMITTER_NAME: "Ann",
        GIT_COMMITTER_EMAIL: "ann@example.org",
      },
    });
    return stdout.trim();
  }

  /** Makes commits by the thousand, as `git fast-import` reads them. */
  async fastImport(stream: string): Promise<void> {
    const child = spawn("git", ["-C", this.directory, "fast-import", "--quiet"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.end(stream);
    await once(child, "close");
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** Writes, commits, and gives the new commit's id. */
  async commit(message: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
    for (const [path, content] of Object.entries(files)) await this.write(path, content);
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }
}

export interface Received {
  readonly event: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly payload: JsonObject;
  readonly signed: boolean;
}

/** A local GitHub with one owner, one repository and the app installed, and somebody who listens to its webhooks. */
export class Workplace {
  readonly github: LocalGitHub;
  readonly repository: Repository;
  readonly directory: string;
  readonly received: Received[];
  readonly installationId: number;

  constructor(
    github: LocalGitHub,
    repository: Repository,
    directory: string,
    received: Received[],
    installationId: number,
  ) {
    this.github = github;
    this.repository = repository;
    this.directory = directory;
    this.received = received;
    this.installationId = installationId;
  }

  #clones = 0;

  /** A fresh working copy of an empty or filled repository, pushing as `login`. */
  async clone(login = "ann", repository = this.repository): Promise<Clone> {
    this.#clones += 1;
    const clone = new Clone(join(this.directory, `clone-${this.#clones}`));
    await run("git", ["clone", "--quiet", this.github.cloneUrl(repository, login), clone.directory], {
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" },
    });
    return clone;
  }

  events(event: string): JsonObject[] {
    return this.received.filter((one) => one.event === event).map((one) => one.payload);
  }

  appToken(claims: Record<string, unknown> = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: now - 30, exp: now + 500, iss: APP_ID, ...claims })}`;
    return `${head}.${createSign("RSA-SHA256").update(head).sign(privateKey, "base64url")}`;
  }

  async token(body: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.ask("POST", `/app/installations/${this.installationId}/access_tokens`, {
      token: this.appToken(),
      body,
    });
    return String(objectIn(answer.body)["token"]);
  }

  async ask(
    method: string,
    path: string,
    options: {
      readonly token?: string;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers; text: string }> {
    const response = await fetch(this.github.apiUrl + path, {
      method,
      redirect: "manual",
      headers: {
        accept: "application/vnd.github+json",
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    let body: unknown = text;
    try {
      body = JSON.parse(text);
    } catch {
      body = text;
    }
    return { status: response.status, body, headers: response.headers, text };
  }
}

export async function openWorkplace({
  private: isPrivate = true,
  expectViolations = false,
  ...options
}: Partial<LocalGitHubOptions> & { private?: boolean; expectViolations?: boolean } = {}): Promise<Workplace> {
  const directory = await mkdtemp(join(tmpdir(), "local-github-"));
  const received: Received[] = [];
  const secret = "a secret between the two";
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const expected = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      received.push({
        event: String(request.headers["x-github-event"]),
        headers: request.headers,
        payload: objectIn(JSON.parse(body.toString())),
        signed: request.headers["x-hub-signature-256"] === expected,
      });
      response.writeHead(202).end("ok");
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const github = await startLocalGitHub({
    directory,
    app: { id: APP_ID, slug: "rollcall", key: appKey },
    webhook: { url: `http://127.0.0.1:${port}/hook`, secret },
    ...options,
  });
  onTestFinished(async () => {
    await github.close();
    if (!expectViolations) expect(github.violations).toEqual([]);
    listener.closeAllConnections();
    listener.close();
    await rm(directory, { recursive: true, force: true });
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
  const installation = github.install({ on: "acme" });
  await github.idle();
  received.length = 0;
  return new Workplace(github, repository, directory, received, installation.id);
}
