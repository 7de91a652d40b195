/**
 * What every test of the local GitHub starts from: `startScenario` starts one, and fails the test at its end if any
 * request, answer or webhook broke GitHub's description.
 */
import { createSign, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Installation, LocalGitHub, LocalGitHubOptions, Repository } from "../../index.ts";
import { startLocalGitHub } from "../../index.ts";
import type { JsonObject } from "../../json.ts";
import { isObject } from "../../json.ts";
import { Clone } from "./clone.ts";
import type { Received } from "./receiver.ts";
import { Receiver } from "./receiver.ts";

export const APP_ID = 4711;

/** Only to end a test that hangs. */
const HANGS_MS = 300_000;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const appKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export function objectIn(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`Not a JSON object: ${String(value)}`);
  return value;
}

/**
 * A local GitHub with the organization `acme`, its repository `acme/shop`, the app installed, and a server that receives
 * the webhooks. `ann` may write, `stranger` may not.
 */
export class Scenario {
  readonly github: LocalGitHub;
  readonly repository: Repository;
  readonly installation: Installation;
  readonly receiver: Receiver;
  readonly #directory: string;
  #clones = 0;

  constructor(
    github: LocalGitHub,
    repository: Repository,
    installation: Installation,
    receiver: Receiver,
    directory: string,
  ) {
    this.github = github;
    this.repository = repository;
    this.installation = installation;
    this.receiver = receiver;
    this.#directory = directory;
  }

  get received(): readonly Received[] {
    return this.receiver.received;
  }

  /** A new clone that pushes as `login`. */
  async clone(login = "ann", repository = this.repository): Promise<Clone> {
    this.#clones += 1;
    const directory = join(this.#directory, `clone-${this.#clones}`);
    return Clone.from(this.github.cloneUrl(repository, login), directory);
  }

  /** The payloads received for one kind of event, in order. */
  events(event: string): JsonObject[] {
    return this.received.filter((one) => one.event === event).map((one) => one.payload);
  }

  /** The app's JSON Web Token. `claims` replaces some of its claims. */
  appToken(claims: Record<string, unknown> = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: now - 30, exp: now + 500, iss: APP_ID, ...claims })}`;
    return `${head}.${createSign("RSA-SHA256").update(head).sign(privateKey, "base64url")}`;
  }

  /** A new installation token. */
  async token(body: Record<string, unknown> = {}, installation = this.installation): Promise<string> {
    const answer = await this.ask("POST", `/app/installations/${installation.id}/access_tokens`, {
      token: this.appToken(),
      body,
    });
    return String(objectIn(answer.body)["token"]);
  }

  /** The URL with which the app fetches the repository. */
  appUrl(token: string): string {
    const url = new URL(this.github.cloneUrl(this.repository, "ann"));
    url.username = "x-access-token";
    url.password = token;
    return url.href;
  }

  /** The actions received for one kind of event, in order. */
  actions(event: string): unknown[] {
    return this.events(event).map((payload) => payload["action"]);
  }

  /** Sends a REST request. Never follows redirects. */
  async ask(
    method: string,
    path: string,
    options: {
      readonly token?: string;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers; text: string }> {
    const response = await fetch(this.github.apiUrl + path, {
      method,
      redirect: "manual",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
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

export async function startScenario({
  private: isPrivate = true,
  expectViolations = false,
  ...options
}: Partial<LocalGitHubOptions> & { private?: boolean; expectViolations?: boolean } = {}): Promise<Scenario> {
  const directory = await mkdtemp(join(tmpdir(), "local-github-"));
  const receiver = await Receiver.start();
  const github = await startLocalGitHub({
    directory,
    app: { id: APP_ID, slug: "rollcall", key: appKey },
    webhook: { url: receiver.url, secret: receiver.secret },
    ...options,
  });
  // On a busy machine the receiver may take longer than GitHub waits.
  github.setWebhookTimeout(HANGS_MS);
  onTestFinished(async () => {
    await github.close();
    if (!expectViolations) expect(github.violations).toEqual([]);
    receiver.close();
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
  receiver.received.length = 0;
  return new Scenario(github, repository, installation, receiver, directory);
}
