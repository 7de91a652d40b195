import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { EnvironmentError, parseEnvironment } from "../../src/server/environment.ts";

const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

const RIGHT = { APP_ID: "4711", PRIVATE_KEY: PEM, WEBHOOK_SECRET: "between the two of us" };

function errorOf(variables: Record<string, string | undefined>): EnvironmentError {
  try {
    parseEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error("It was taken.");
}

describe("an invalid variable is named without its value", () => {
  test.each([
    ["APP_ID", "four-seven-one-one"],
    ["APP_ID", "47.11"],
    ["APP_ID", "-4711"],
    ["PRIVATE_KEY", "not-a-key-at-all"],
    ["WEBHOOK_SECRET", "fifteen letters"],
    ["WEBHOOK_SECRET_FORMER", "fifteen letters"],
    ["MARKER_KEY", "fifteen letters"],
    ["FORMER_MARKER_KEYS", "too short"],
    ["FORMER_MARKER_KEYS", "one that is long enough,too short"],
    ["FORMER_MARKER_KEYS", "one that is long enough,"],
    ["PORT", "http-port"],
    ["PORT", "65536"],
    ["PORT", "-17"],
    ["PORT", "80.5"],
    ["GHE_HOST", "https://ghe.example.org"],
    ["GHE_HOST", "ghe.example.org/path"],
    ["GHE_HOST", "someone@ghe.example.org"],
    ["GHE_PROTOCOL", "gopher"],
    ["LOG_LEVEL", "chatty"],
    ["REDIS_URL", "http://redis.example.org"],
    ["WEBHOOK_PROXY_URL", "https://relay.example.org/channel"],
    ["DATABASE_URL", "mysql://db.example.org/app"],
    ["DATABASE_URL", "db.example.org"],
    ["ROLE", "manager"],
  ])("%s=%s", (name, value) => {
    const { message } = errorOf({ ...RIGHT, [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain(value);
    expect(message.split("\n").filter((line) => line.startsWith("  - "))).toHaveLength(1);
  });
});

test("a missing key file is reported by the name of its variable", () => {
  const { message } = errorOf({ ...RIGHT, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: "/nowhere/key.pem" });
  expect(message).toContain("PRIVATE_KEY_PATH");
});

test.each([
  ["APP_ID", { ...RIGHT, APP_ID: undefined }],
  ["PRIVATE_KEY", { ...RIGHT, PRIVATE_KEY: undefined }],
  ["WEBHOOK_SECRET", { ...RIGHT, WEBHOOK_SECRET: "" }],
])("if only %s is missing, it is named", (name, variables) => {
  const { message } = errorOf(variables);
  expect(message).toContain(`${name} `);
  expect(message.match(/missing/g)).toHaveLength(1);
});

test("all problems are reported at once", () => {
  const { message } = errorOf({ ...RIGHT, APP_ID: "x", PORT: "y" });
  expect(message).toMatch(/APP_ID[^]*PORT/);
});

test("without variables, production fails and anything else starts the set-up page", () => {
  expect(errorOf({ NODE_ENV: "production" }).message).toMatch(/APP_ID[^]*PRIVATE_KEY[^]*WEBHOOK_SECRET/);
  const setup = { setup: true, apiUrl: "https://api.github.com", githubUrl: "https://github.com" };
  expect(parseEnvironment({})).toEqual({ ...setup, port: 3000, hasMarkerKey: false });
  const blank = { APP_ID: "", PRIVATE_KEY: "", WEBHOOK_SECRET: "", PORT: "8080" };
  expect(parseEnvironment({ ...blank, MARKER_KEY: "the one of today" })).toEqual({
    ...setup,
    port: 8080,
    hasMarkerKey: true,
  });
});

test("the required variables alone give the defaults", () => {
  expect(parseEnvironment(RIGHT)).toMatchObject({
    appId: 4711,
    privateKey: PEM,
    webhookSecret: "between the two of us",
    port: 3000,
    host: "127.0.0.1",
    apiUrl: "https://api.github.com",
    githubUrl: "https://github.com",
    logLevel: "info",
    redisUrl: null,
    dataDirectory: "data",
    databaseUrl: null,
    role: "all",
    defaultMode: "enforce",
    formerWebhookSecret: null,
  });
});

test("a GitHub Enterprise Server uses its own addresses", () => {
  expect(
    parseEnvironment({ ...RIGHT, GHE_HOST: "ghe.example.org:8443", GHE_PROTOCOL: "http" }),
  ).toMatchObject({
    apiUrl: "http://ghe.example.org:8443/api/v3",
    githubUrl: "http://ghe.example.org:8443",
  });
});

test("a private key in one line with \\n is accepted, because some hosts allow no line breaks", () => {
  const oneLine = PEM.replaceAll("\n", "\\n");
  expect(parseEnvironment({ ...RIGHT, PRIVATE_KEY: oneLine })).toMatchObject({ privateKey: PEM });
});

test.each(["web", "worker"])("ROLE=%s needs a database that processes can share", (role) => {
  expect(errorOf({ ...RIGHT, ROLE: role }).message).toContain("DATABASE_URL");
  const shared = { ...RIGHT, ROLE: role, DATABASE_URL: "postgres://u:p@db.example.org/app" };
  expect(parseEnvironment(shared)).toMatchObject({ role, databaseUrl: shared.DATABASE_URL });
});

test("while the webhook's secret is changed, the former one counts too", () => {
  const both = { ...RIGHT, WEBHOOK_SECRET_FORMER: "between the two before" };
  expect(parseEnvironment(both)).toMatchObject({ formerWebhookSecret: "between the two before" });
});

test("a webhook secret that is too short says how to make one", () => {
  expect(errorOf({ ...RIGHT, WEBHOOK_SECRET: "fifteen letters" }).message).toContain("openssl rand -hex 32");
});

describe("the webhook that is told of leaks", () => {
  const secret = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`;
  const SET = { ...RIGHT, NOTIFY_URL: "https://hooks.example.org/T0K3N", NOTIFY_SECRET: secret("a") };

  test("is off by default, and takes several secrets", () => {
    expect(parseEnvironment(RIGHT)).toMatchObject({ notify: null });
    const parsed = parseEnvironment({ ...SET, NOTIFY_SECRET: `${secret("a")} ${secret("b")}` });
    const { notify } = "setup" in parsed ? { notify: null } : parsed;
    expect(notify).toMatchObject({ url: SET.NOTIFY_URL, allowPrivate: false });
    expect(notify?.secrets.map((each) => each.reveal())).toEqual([secret("a"), secret("b")]);
    expect(JSON.stringify(notify?.secrets)).not.toContain("whsec_");
  });

  test.each([
    ["NOTIFY_SECRET is missing", { NOTIFY_SECRET: "" }],
    ["NOTIFY_SECRET must be whsec_", { NOTIFY_SECRET: "a password of mine" }],
    ["NOTIFY_SECRET must be whsec_", { NOTIFY_SECRET: `${secret("a")} other` }],
    ["NOTIFY_URL must be an https:// address", { NOTIFY_URL: "http://hooks.example.org/T0K3N" }],
    ["NOTIFY_URL must be an https:// address", { NOTIFY_URL: "file:///etc/T0K3N" }],
    ["NOTIFY_URL must have no user name", { NOTIFY_URL: "https://ann:T0K3N@hooks.example.org/" }],
    ["NOTIFY_ALLOW_PRIVATE must be true or false", { NOTIFY_ALLOW_PRIVATE: "T0K3N" }],
  ])("%s", (problem, changes) => {
    const { message } = errorOf({ ...SET, ...changes });
    expect(message).toContain(problem);
    expect(message).not.toMatch(/T0K3N|of mine|whsec_YWFh/);
  });

  test("may be on a private network without TLS if that is allowed", () => {
    const local = { ...SET, NOTIFY_URL: "http://10.0.0.5/hook", NOTIFY_ALLOW_PRIVATE: "true" };
    expect(parseEnvironment(local)).toMatchObject({ notify: { allowPrivate: true } });
  });
});

describe("the keys of markers", () => {
  test("are those that are set, without the space around commas", () => {
    const former = "the first one of ours, the second one of ours";
    expect(
      parseEnvironment({ ...RIGHT, MARKER_KEY: "the one of today", FORMER_MARKER_KEYS: former }),
    ).toMatchObject({
      markerKey: "the one of today",
      formerMarkerKeys: ["the first one of ours", "the second one of ours"],
    });
  });

  test("are none without the variables, or with empty ones", () => {
    const none = { markerKey: null, formerMarkerKeys: [] };
    expect(parseEnvironment(RIGHT)).toMatchObject(none);
    expect(parseEnvironment({ ...RIGHT, MARKER_KEY: "", FORMER_MARKER_KEYS: "" })).toMatchObject(none);
  });
});
