import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parseEnvironment } from "../../src/server/environment.ts";
import { freePort } from "../../fixtures/free-port.ts";
import { inheritedEnvironment } from "../support/app-environment.ts";
import { openFolder } from "../support/folders.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The real process without an app, in a folder of its own, and a GitHub that hands one over for the code `c0de`. */
async function aSetUp(
  given: { readonly hookStatus?: number; readonly env?: string; readonly lines?: string } = {},
) {
  const folder = await openFolder("rollcall-set-up-");
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (given.env !== undefined) await writeFile(join(folder, ".env"), given.env, { mode: 0o644 });
  const secrets: string[] = [];
  const github = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const json = (status: number, answer: object): void => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      };
      const asked = `${request.method} ${request.url}`;
      const app = { id: 4711, pem: PEM, webhook_secret: "g".repeat(40), html_url: `${origin}/apps/rollcall` };
      if (asked === "POST /api/v3/app-manifests/c0de/conversions") return json(201, app);
      if (asked !== "PATCH /api/v3/app/hook/config") return json(404, { message: "Not Found" });
      secrets.push(/"secret":"(\w+)"/.exec(Buffer.concat(chunks).toString())?.[1] ?? "");
      return json(given.hookStatus ?? 200, {});
    });
  }).listen(0, "127.0.0.1");
  await once(github, "listening");
  onTestFinished(() => {
    github.close();
    github.closeAllConnections();
  });
  const address = github.address();
  const host = `127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  const origin = `http://${host}`;
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../src/main.ts")], {
    cwd: folder,
    env: { ...inheritedEnvironment(), PORT: String(port), GHE_HOST: host, GHE_PROTOCOL: "http" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let written = "";
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      const token = /\/set-up\?token=([\w-]+)\n/.exec(written)?.[1];
      if (token !== undefined) ready.resolve(token);
    });
  }
  child.once("exit", () => ready.reject(new Error(written)));
  const token = await ready.promise;
  const ask = async ({ method = "GET", path, headers = {}, body }: Asked): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const sent = httpRequest({ port, host: "127.0.0.1", path, method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    sent.once("error", reject);
    sent.end(body);
    return promise;
  };
  /** As a browser does that was given the address of the terminal. */
  const enter = async (): Promise<string> => {
    const opened = await ask({ path: `/set-up?token=${token}` });
    expect([opened.status, opened.headers.location]).toEqual([303, "/set-up"]);
    const [cookie = ""] = opened.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    return cookie.split(";")[0] ?? "";
  };
  const form = (path: string, cookie: string, fields: Record<string, string>): Asked => ({
    method: "POST",
    path,
    headers: {
      cookie,
      origin: `http://127.0.0.1:${port}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });
  return {
    port,
    token,
    origin,
    secrets,
    ask,
    enter,
    form,
    env: join(folder, ".env"),
    folder,
    output: () => written,
  };
}

type SetUp = Awaited<ReturnType<typeof aSetUp>>;

async function stateOf({ ask, form }: SetUp, cookie: string): Promise<string> {
  const review = await ask(
    form("/set-up/review", cookie, { webhook: "https://rollcall.example.org", organization: "acme" }),
  );
  expect(review.status).toBe(200);
  return /state=([\w-]+)/.exec(review.body)?.[1] ?? "";
}

async function variablesIn(path: string): Promise<NodeJS.Dict<string>> {
  return parseEnv(await readFile(path, "utf8"));
}

test("the set-up registers the app and writes what the process needs, for its user alone", async () => {
  const setUp = await aSetUp({ env: "# mine\nLOG_LEVEL=debug\nWEBHOOK_SECRET=\n" });
  const cookie = await setUp.enter();
  const state = await stateOf(setUp, cookie);
  const back = await setUp.ask({
    path: `/set-up/registered?code=c0de&state=${state}`,
    headers: { cookie },
  });
  expect(back.status).toBe(200);
  expect(back.body).toContain(`${setUp.origin}/apps/rollcall/installations/new`);
  const variables = await variablesIn(setUp.env);
  expect(variables).toMatchObject({ APP_ID: "4711", LOG_LEVEL: "debug" });
  expect(await readFile(setUp.env, "utf8")).toContain("# mine\n");
  expect(variables["WEBHOOK_SECRET"]).toMatch(/^[0-9a-f]{64}$/);
  expect(variables["MARKER_KEY"]).toMatch(/^[0-9a-f]{64}$/);
  expect(setUp.secrets).toEqual([variables["WEBHOOK_SECRET"]]);
  expect((await stat(setUp.env)).mode & 0o777).toBe(0o600);
  expect(await readdir(setUp.folder)).toEqual([".env"]);
  expect(parseEnvironment(variables)).toMatchObject({ appId: 4711, privateKey: PEM.trim() });
  for (const secret of [variables["WEBHOOK_SECRET"], variables["MARKER_KEY"], "BEGIN RSA"])
    expect(`${back.body}${setUp.output()}`).not.toContain(secret);
  // It writes once: another code, or a form, changes nothing.
  await setUp.ask({ path: `/set-up/registered?code=c0de&state=${state}`, headers: { cookie } });
  await setUp.ask(setUp.form("/set-up/import", cookie, { app_id: "1", private_key: PEM }));
  expect(await variablesIn(setUp.env)).toEqual(variables);
  expect(setUp.secrets).toHaveLength(1);
});

test("the manifest is the one of app.yml, with the webhook and the way back", async () => {
  const setUp = await aSetUp();
  const { body } = await setUp.ask(
    setUp.form("/set-up/review", await setUp.enter(), {
      webhook: "https://rollcall.example.org",
      organization: "acme",
    }),
  );
  expect(body).toContain(`action="${setUp.origin}/organizations/acme/settings/apps/new?state=`);
  const manifest: unknown = JSON.parse(
    (/name="manifest" value="([^"]*)"/.exec(body)?.[1] ?? "").replaceAll("&quot;", '"'),
  );
  expect(manifest).toMatchObject({
    redirect_url: `http://127.0.0.1:${setUp.port}/set-up/registered`,
    hook_attributes: { url: "https://rollcall.example.org/api/github/webhooks", active: true },
    default_permissions: { checks: "write" },
    public: false,
  });
});

test.each([
  ["the secret that GitHub made, where it does not take ours", 404, /GitHub kept the webhook secret/],
  ["the secret that GitHub made, where GitHub fails", 500, /GitHub kept the webhook secret/],
])("%s is kept", async (_name, hookStatus, note) => {
  const setUp = await aSetUp({ hookStatus });
  const cookie = await setUp.enter();
  const state = await stateOf(setUp, cookie);
  const back = await setUp.ask({ path: `/set-up/registered?code=c0de&state=${state}`, headers: { cookie } });
  expect(back.body).toMatch(note);
  expect(await variablesIn(setUp.env)).toMatchObject({ WEBHOOK_SECRET: "g".repeat(40) });
});

test("an app that exists is imported, its key of markers stays, and a bad form says what is wrong", async () => {
  const setUp = await aSetUp({ env: "MARKER_KEY=the one of all my issues\n" });
  const cookie = await setUp.enter();
  const fields = { app_id: "42", private_key: PEM, webhook_secret: "a secret" };
  const short = await setUp.ask(
    setUp.form("/set-up/import", cookie, { ...fields, webhook_secret: "fifteen-letters" }),
  );
  expect([short.status, short.body]).toEqual([400, expect.stringContaining("at least 16 characters")]);
  const noKey = await setUp.ask(setUp.form("/set-up/import", cookie, { ...fields, private_key: "<b>&" }));
  expect([noKey.status, noKey.body]).toEqual([400, expect.stringContaining("PEM file")]);
  const noId = await setUp.ask(setUp.form("/set-up/import", cookie, { ...fields, app_id: '"><b>' }));
  expect([noId.status, noId.body]).toEqual([400, expect.not.stringContaining("<b>")]);
  const right = await setUp.ask(
    setUp.form("/set-up/import", cookie, { ...fields, webhook_secret: "sixteen.letters." }),
  );
  expect(right.status).toBe(200);
  expect(await variablesIn(setUp.env)).toMatchObject({
    APP_ID: "42",
    WEBHOOK_SECRET: "sixteen.letters.",
    MARKER_KEY: "the one of all my issues",
  });
  expect((await stat(setUp.env)).mode & 0o777).toBe(0o600);
});

test("every route is closed to whoever has no token, and the token opens it once", async () => {
  const setUp = await aSetUp();
  const { ask, form, token } = setUp;
  const state = "a".repeat(43);
  const strangers: Asked[] = [
    { path: "/" },
    { path: "/set-up" },
    { path: "/set-up?token=" },
    { path: `/set-up?token=${"a".repeat(43)}` },
    { path: `/set-up/registered?code=c0de&state=${state}` },
    { path: "/probot/setup?code=c0de" },
    { path: "//set-up" },
    { path: "/set-up/../set-up/registered?code=c0de" },
    { path: "http://127.0.0.1/set-up" },
    { method: "HEAD", path: "/set-up" },
    { method: "PUT", path: "/set-up/import" },
    form("/set-up/import", "", { app_id: "1", private_key: PEM, webhook_secret: "s".repeat(32) }),
    form("/set-up/import", `rollcall_set_up=${token}`, { app_id: "1", private_key: PEM }),
    form("/set-up/review", "rollcall_set_up=", {}),
  ];
  for (const asked of strangers) expect([asked.path, (await ask(asked)).status]).toEqual([asked.path, 403]);
  await setUp.enter();
  expect((await ask({ path: `/set-up?token=${token}` })).status).toBe(403);
  await expect(readFile(setUp.env)).rejects.toThrow("ENOENT");
});

test("a page in the operator's browser cannot use the set-up, by another name or origin", async () => {
  const setUp = await aSetUp();
  const cookie = await setUp.enter();
  const { ask, form, port } = setUp;
  const state = await stateOf(setUp, cookie);
  const fields = { app_id: "1", private_key: PEM, webhook_secret: "s".repeat(32) };
  const right = form("/set-up/import", cookie, fields);
  const json = JSON.stringify({ appId: 1, pem: PEM, webhook_secret: "s".repeat(32) });
  const attacks: [string, Asked, number][] = [
    ["DNS rebinding", { path: "/set-up", headers: { cookie, host: "evil.example" } }, 403],
    ["rebinding with the port", { path: "/set-up", headers: { cookie, host: `evil.example:${port}` } }, 403],
    ["another port", { path: "/set-up", headers: { cookie, host: "127.0.0.1:1" } }, 403],
    ["another origin", { ...right, headers: { ...right.headers, origin: "https://evil.example" } }, 403],
    ["a sandboxed frame", { ...right, headers: { ...right.headers, origin: "null" } }, 403],
    [
      "no origin",
      { ...right, headers: { cookie, "content-type": "application/x-www-form-urlencoded" } },
      403,
    ],
    [
      "another service of this machine",
      { ...right, headers: { ...right.headers, origin: "http://127.0.0.1:1" } },
      403,
    ],
    [
      "plain text",
      { ...right, headers: { ...right.headers, "content-type": "text/plain" }, body: json },
      415,
    ],
    [
      "JSON",
      { ...right, headers: { ...right.headers, "content-type": "application/json" }, body: json },
      415,
    ],
    ["a code without state", { path: "/set-up/registered?code=c0de", headers: { cookie } }, 403],
    [
      "a code with another state",
      { path: `/set-up/registered?code=c0de&state=${"a".repeat(43)}`, headers: { cookie } },
      403,
    ],
    [
      "a code that is a path",
      { path: `/set-up/registered?code=..%2F..%2Fapp&state=${state}`, headers: { cookie } },
      403,
    ],
    ["an endless form", { ...right, body: `a=${"x".repeat(70_000)}` }, 413],
  ];
  for (const [name, asked, status] of attacks)
    expect([name, (await ask(asked)).status]).toEqual([name, status]);
  await expect(readFile(setUp.env)).rejects.toThrow("ENOENT");
});

test("pages allow no script and no frame, and what is typed in is escaped", async () => {
  const setUp = await aSetUp();
  const cookie = await setUp.enter();
  const page = await setUp.ask({ path: "/set-up", headers: { cookie } });
  expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  expect(page.headers["cache-control"]).toBe("no-store");
  for (const webhook of [
    'https://"><b>',
    "http://rollcall.example.org",
    "https://localhost",
    "https://u:p@h.example",
    "javascript:1",
  ]) {
    const answer = await setUp.ask(setUp.form("/set-up/review", cookie, { webhook, organization: "" }));
    expect([webhook, answer.status]).toEqual([webhook, 400]);
    expect(answer.body).not.toContain("<b>");
  }
  const organization = await setUp.ask(setUp.form("/set-up/review", cookie, { organization: "../acme" }));
  expect(organization.status).toBe(400);
});

test("a code that GitHub does not know writes nothing, and another one may be tried", async () => {
  const setUp = await aSetUp();
  const cookie = await setUp.enter();
  const state = await stateOf(setUp, cookie);
  const wrong = await setUp.ask({
    path: `/set-up/registered?code=wrong&state=${state}`,
    headers: { cookie },
  });
  expect([wrong.status, wrong.body]).toEqual([502, expect.stringContaining("GitHub answered 404")]);
  expect(await readFile(setUp.env, "utf8")).toBe("");
  const right = await setUp.ask({ path: `/set-up/registered?code=c0de&state=${state}`, headers: { cookie } });
  expect(right.status).toBe(200);
});
