import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { inspect } from "node:util";
import nock from "nock";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { startLocalStripe } from "../../local-stripe/index.ts";
import type { Fault, KeyState } from "../../local-stripe/index.ts";
import { Secret } from "../../src/domain/index.ts";
import { createStripe, isLoopback } from "../../src/stripe/index.ts";
import { useWire } from "../support/wire.ts";

const TEXT = keyOf("sk_live_", "a key of the tests");
const KEY = new Secret(TEXT, "sk_live_");
const API = "https://api.stripe.com";

function refusal(error: object): object {
  return { error: { type: "invalid_request_error", ...error } };
}

describe("on the wire", () => {
  useWire();

  test("one GET request for the balance, with the key in its header and the app's name", async () => {
    const seen: { agent: unknown } = { agent: "" };
    nock(API, {
      reqheaders: {
        authorization: `Bearer ${TEXT}`,
        "user-agent": (agent) => (seen.agent = agent) !== "",
      },
      badheaders: ["cookie", "referer", "stripe-account"],
    })
      .get("/v1/balance")
      .reply(200, { object: "balance", livemode: true });
    expect(await createStripe().activityOf(KEY)).toEqual({ activity: "active", grounds: "accepted" });
    expect(seen.agent).toMatch(/^Rollcall \(GitHub App/);
  });

  test.each([
    [200, { object: "balance", livemode: true }, "active", "accepted"],
    [200, { object: "list", livemode: true }, "unknown", "not_stripe"],
    [200, { object: "balance" }, "unknown", "not_stripe"],
    [
      401,
      refusal({ code: "api_key_expired", message: "Expired API Key provided: sk_live_***" }),
      "dead",
      "expired",
    ],
    [401, refusal({ message: "Invalid API Key provided: sk_live_***1234" }), "not_known", "invalid"],
    [
      401,
      refusal({ message: "The API key provided does not allow requests from your IP address." }),
      "active",
      "ip_restricted",
    ],
    [401, refusal({ code: "platform_api_key_expired", message: "Expired." }), "unknown", "unexpected"],
    [401, refusal({ message: "You did not provide an API key." }), "unknown", "unexpected"],
    [401, { error: "api_key_expired" }, "unknown", "not_stripe"],
    [401, { error: { code: "api_key_expired", message: "Expired" } }, "unknown", "not_stripe"],
    [403, refusal({ code: "more_permissions_required", message: "No." }), "active", "permission_missing"],
    [
      403,
      refusal({ code: "more_permissions_required_for_application", message: "No." }),
      "active",
      "permission_missing",
    ],
    [
      403,
      refusal({ message: "Having the 'rak_balance_read' permission would allow this request to continue." }),
      "active",
      "permission_missing",
    ],
    [403, refusal({ code: "account_closed", message: "This account is closed." }), "unknown", "unexpected"],
    [403, refusal({ code: "api_key_expired", message: "Expired" }), "unknown", "unexpected"],
    [403, { message: "Forbidden" }, "unknown", "not_stripe"],
    [400, refusal({ code: "api_key_expired", message: "Invalid API Key provided" }), "unknown", "unexpected"],
    [404, refusal({ message: "Unrecognized request URL" }), "unknown", "unexpected"],
    [429, refusal({ message: "Invalid API Key provided" }), "unknown", "rate_limited"],
    [500, refusal({ code: "api_key_expired", message: "Expired" }), "unknown", "stripe_failed"],
    [503, "Service Unavailable", "unknown", "stripe_failed"],
  ])("status %i with %j means %s (%s)", async (status, body, activity, grounds) => {
    nock(API).get("/v1/balance").reply(status, body);
    expect(await createStripe().activityOf(KEY)).toEqual({ activity, grounds });
  });

  test.each([
    ["a page of HTML with 200", 200, "<html>Sign in</html>", {}],
    ["a page of HTML with 401", 401, "<html>Invalid API Key provided</html>", {}],
    ["a firewall's page with 403", 403, "<html>rak_balance_read</html>", {}],
    ["a redirect", 307, "", { location: "https://collector.example/v1/balance" }],
    ["a redirect to Stripe itself", 301, "", { location: `${API}/v1/balance` }],
    [
      "a body over 64 KiB",
      200,
      JSON.stringify({ object: "balance", livemode: true, x: "y".repeat(70_000) }),
      {},
    ],
  ])("%s is no proof, and nothing else is asked", async (_name, status, body, headers) => {
    nock(API).get("/v1/balance").reply(status, body, headers);
    expect(await createStripe().activityOf(KEY)).toEqual({ activity: "unknown", grounds: "not_stripe" });
  });

  test("a connection that fails is no proof", async () => {
    nock(API).get("/v1/balance").replyWithError("getaddrinfo ENOTFOUND api.stripe.com");
    expect(await createStripe().activityOf(KEY)).toEqual({ activity: "unknown", grounds: "unreachable" });
  });

  test.each([
    ["an organization key", keyOf("sk_org_live_", "org", 150), "sk_org_live_"],
    ["an ephemeral key", keyOf("ek_live_", "ephemeral", 82), "ek_live_"],
    ["a webhook secret", keyOf("whsec_", "hook", 32), "whsec_"],
    ["a key with a line break", `${TEXT}\r\nx-injected: 1`, "sk_live_"],
  ])("%s is never sent", async (_name, text, prefix) => {
    const answer = await createStripe().activityOf(new Secret(text, prefix));
    expect(answer).toEqual({ activity: "unknown", grounds: "unexpected" });
  });
});

test.each([
  "http://api.stripe.com",
  "https://collector.example",
  "http://localhost:9",
  "http://127.0.0.1.example",
])("the keys cannot be sent to %s", (url) => {
  expect(isLoopback(url)).toBe(false);
  expect(() => createStripe({ url })).toThrow(/loopback/);
});

/** A time limit that is not what a test is about. */
const HANGS_MS = 300_000;
/** A time limit that is: long enough for the request to arrive on a busy machine. */
const REACHED_MS = 1000;

describe("the stand-in for Stripe", () => {
  async function standIn(timeoutMs = HANGS_MS) {
    const local = await startLocalStripe();
    onTestFinished(() => local.close());
    return { local, stripe: createStripe({ url: local.url, timeoutMs }) };
  }

  test.each<[KeyState | null, string]>([
    ["active", "active"],
    ["expired", "dead"],
    ["ip_restricted", "active"],
    ["restricted", "active"],
    [null, "not_known"],
  ])("a key that is %s is %s", async (state, activity) => {
    const { local, stripe } = await standIn();
    if (state !== null) local.setKey(TEXT, state);
    expect(await stripe.activityOf(KEY)).toMatchObject({ activity });
    expect(local.requests).toMatchObject([{ method: "GET", path: "/v1/balance" }]);
    expect(JSON.stringify(local.requests)).not.toContain(TEXT.slice(10, 30));
  });

  test.each<[Fault, string]>([
    ["rate_limited", "rate_limited"],
    ["failed", "stripe_failed"],
    ["firewall", "not_stripe"],
    ["unauthorized_page", "not_stripe"],
    ["captive_portal", "not_stripe"],
    ["account_closed", "unexpected"],
    ["redirect", "not_stripe"],
    ["huge", "not_stripe"],
    ["cut", "unreachable"],
    ["hang", "unreachable"],
  ])("with the fault %s nothing is known: %s, after one request", async (fault, grounds) => {
    const { local, stripe } = await standIn(fault === "hang" ? REACHED_MS : HANGS_MS);
    local.setKey(TEXT, "active");
    local.fault = fault;
    expect(await stripe.activityOf(KEY)).toEqual({ activity: "unknown", grounds });
    expect(local.requests).toHaveLength(1);
  });

  test("at most two requests are under way at once", async () => {
    const { local, stripe } = await standIn(REACHED_MS);
    local.fault = "hang";
    const answers = Array.from({ length: 5 }, () => stripe.activityOf(KEY));
    await local.until(() => local.requests.length === 2);
    await Promise.race(answers);
    expect(local.requests.length).toBeLessThanOrEqual(4);
    await Promise.all(answers);
    expect(local.requests).toHaveLength(5);
  });

  test("a proxy of the environment never sees a request to this machine", async () => {
    const { local } = await standIn();
    const stripe = createStripe({
      url: local.url,
      proxy: { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" },
    });
    expect(await stripe.activityOf(KEY)).toMatchObject({ activity: "not_known" });
  });
});

describe("through a proxy", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A proxy that notes what it is asked for. `answer`: what it says to CONNECT; null: it hangs. */
  async function proxyOf(answer: string | null) {
    const asked: string[] = [];
    const server = createServer((request) => asked.push(`${request.method} ${request.url}`));
    server.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
      socket.on("error", () => {});
      // A connection that the app never ends would stay with every key that is asked about.
      socket.once("end", () => asked.push("ended"));
      socket.resume();
      if (answer !== null) socket.end(answer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return { asked, proxy: { HTTPS_PROXY: `http://127.0.0.1:${port}` }, port };
  }

  test.each([
    ["refuses", "HTTP/1.1 403 Forbidden\r\n\r\n"],
    ["wants a password", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"],
    ["speaks nonsense", "hello\r\n\r\n"],
    ["claims success and closes", "HTTP/1.1 200 Connection Established\r\n\r\n"],
    ["hangs", null],
  ])("a proxy that %s leaves the answer unknown, and learns the host alone", async (_name, answer) => {
    const { asked, proxy } = await proxyOf(answer);
    const stripe = createStripe({ proxy, timeoutMs: answer === null ? REACHED_MS : HANGS_MS });
    expect(await stripe.activityOf(KEY)).toEqual({ activity: "unknown", grounds: "unreachable" });
    await expect.poll(() => asked.length).toBe(2);
    expect(asked[1]).toBe("ended");
    expect(asked[0]).toMatch(/^CONNECT api\.stripe\.com:443 /);
    expect(asked[0]).not.toContain(TEXT.slice(10, 30));
  });

  test("a proxy that ends the encryption itself gets no key", async () => {
    const { asked, proxy, port } = await proxyOf(
      "HTTP/1.1 200 Connection Established\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    );
    expect(connect({ port, host: "127.0.0.1" }).end()).toBeDefined();
    const stripe = createStripe({ proxy, timeoutMs: HANGS_MS });
    expect(await stripe.activityOf(KEY)).toMatchObject({ activity: "unknown" });
    expect(inspect(asked)).not.toContain(TEXT.slice(10, 30));
  });

  test("an address of a proxy that makes no sense leaves the answer unknown", async () => {
    const stripe = createStripe({ proxy: { HTTPS_PROXY: "not an address" }, timeoutMs: HANGS_MS });
    expect(await stripe.activityOf(KEY)).toEqual({ activity: "unknown", grounds: "unreachable" });
  });
});
