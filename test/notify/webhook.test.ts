import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { Webhook as Verifier } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { guardedLookup, isAllowedAddress } from "../../src/notify/allowed-address.ts";
import type { Resolve } from "../../src/notify/allowed-address.ts";
import { createWebhook, isSigningSecret, NotifyError, SigningSecret } from "../../src/notify/index.ts";
import type { WebhookOptions } from "../../src/notify/index.ts";

const AT = new Date();
const secretOf = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`;
const MESSAGE = { id: "msg_1", body: `{"text":"a leak"}` };

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback, with everything that reached it. */
async function receiver(answer: RequestListener = (_request, response) => response.writeHead(204).end()) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      answer(request, response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { received, port, url: `http://127.0.0.1:${port}/hook` };
}

function webhook(options: Partial<WebhookOptions> & Pick<WebhookOptions, "url">) {
  return createWebhook({ secrets: [new SigningSecret(secretOf("a"))], allowPrivate: true, ...options });
}

async function failureOf(sending: Promise<void>): Promise<NotifyError> {
  const error: unknown = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof NotifyError) return error;
  throw new Error(`not a NotifyError: ${String(error)}`);
}

test("a message is signed as Standard Webhooks describes, with every secret", async () => {
  const { received, url } = await receiver();
  const secrets = ["a", "b"].map((letter) => new SigningSecret(secretOf(letter)));
  await webhook({ url, secrets }).send(MESSAGE, AT);
  const [one] = received;
  expect(one?.headers["webhook-id"]).toBe("msg_1");
  const headers = {
    "webhook-id": String(one?.headers["webhook-id"]),
    "webhook-timestamp": String(one?.headers["webhook-timestamp"]),
    "webhook-signature": String(one?.headers["webhook-signature"]),
  };
  for (const letter of ["a", "b"])
    expect(new Verifier(secretOf(letter)).verify(one?.body ?? "", headers)).toEqual({ text: "a leak" });
  expect(() => new Verifier(secretOf("c")).verify(one?.body ?? "", headers)).toThrow("No matching");
});

test("the signature is that of the published test vector", async () => {
  const { received, url } = await receiver();
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts
  const secrets = [new SigningSecret(["whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].join(""))];
  const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: `{"test": 2432232314}` };
  await webhook({ url, secrets }).send(message, new Date(1_614_265_330_000));
  expect(received[0]?.headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

describe("a private network is refused, whatever names it", () => {
  const resolvesTo =
    (...addresses: string[]): Resolve =>
    (_hostname, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );

  test.each([
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "fd00:ec2::254",
    "fe80::1",
    "2002:7f00:1::",
  ])("%s", async (address) => {
    const { received, port } = await receiver();
    const url = address.includes(":") ? `https://[${address}]:${port}/` : `https://${address}:${port}/`;
    const literal = await failureOf(webhook({ url, allowPrivate: false }).send(MESSAGE, AT));
    expect(literal.code).toBe("refused_address");
    const named = webhook({
      url: `http://hooks.example.org:${port}/`,
      allowPrivate: false,
      resolve: resolvesTo(address),
    });
    expect((await failureOf(named.send(MESSAGE, AT))).code).toBe("refused_address");
    expect(received).toEqual([]);
  });

  test("a name with one private address among public ones", async () => {
    const resolve = resolvesTo("93.184.215.14", "127.0.0.1");
    const hook = webhook({ url: "http://hooks.example.org/", allowPrivate: false, resolve });
    expect((await failureOf(hook.send(MESSAGE, AT))).code).toBe("refused_address");
  });

  test("the connection gets the addresses that were checked, from one answer of the resolver", () => {
    const answers = [["93.184.215.14"], ["127.0.0.1"]];
    const lookup = guardedLookup(false, (hostname, answer) =>
      resolvesTo(...(answers.shift() ?? []))(hostname, answer),
    );
    let connected: unknown = null;
    lookup("hooks.example.org", { all: true }, (_error, addresses) => (connected = addresses));
    expect(connected).toEqual([{ address: "93.184.215.14", family: 4 }]);
    expect(answers).toHaveLength(1);
  });

  test.each(["2130706433", "0x7f.1", "017700000001", "127.1"])("loopback written as %s", async (host) => {
    const hook = webhook({ url: `http://${host}/`, allowPrivate: false });
    expect((await failureOf(hook.send(MESSAGE, AT))).code).toBe("refused_address");
  });

  test("where private networks are allowed, those of cloud credentials are not", () => {
    for (const address of ["127.0.0.1", "10.1.2.3", "fd12::1", "::ffff:192.168.0.1"])
      expect([address, isAllowedAddress(address, true)]).toEqual([address, true]);
    for (const address of [
      "169.254.169.254",
      "::ffff:169.254.169.254",
      "fe80::1",
      "fd00:ec2::254",
      "100.100.100.200",
    ])
      expect([address, isAllowedAddress(address, true)]).toEqual([address, false]);
  });

  test("an IPv4 address in IPv6 form is judged as the address it is", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, allowed) => {
        expect(isAllowedAddress(`::ffff:${address}`, allowed)).toBe(isAllowedAddress(address, allowed));
      }),
    );
  });
});

test.each([301, 307, 400, 410, 500])(
  "an answer of %i is a failure, and no redirect is followed",
  async (status) => {
    const { received, url } = await receiver((_request, response) =>
      response.writeHead(status, { location: "/elsewhere" }).end(),
    );
    const failure = await failureOf(webhook({ url }).send(MESSAGE, AT));
    expect(failure).toMatchObject({ code: "rejected", retry: "soon" });
    expect(failure.message).toContain(String(status));
    expect(received).toHaveLength(1);
  },
);

test("a receiver can ask for a pause of at most an hour", async () => {
  const { url } = await receiver((_request, response) =>
    response.writeHead(429, { "retry-after": "999999" }).end(),
  );
  expect((await failureOf(webhook({ url }).send(MESSAGE, AT))).retryAfterSeconds).toBe(3600);
});

test("a receiver that never answers, or never ends its answer, holds nothing up", async () => {
  const silent = await receiver(() => {});
  const failure = await failureOf(webhook({ url: silent.url, timeoutMs: 100 }).send(MESSAGE, AT));
  expect(failure.message).toContain("no answer in time");
  const endless = await receiver((_request, response) => void response.writeHead(200).write("x"));
  await webhook({ url: endless.url, timeoutMs: 300_000 }).send(MESSAGE, AT);
});

test("no error shows the address or a secret", async () => {
  const { url } = await receiver((_request, response) => response.writeHead(500).end());
  const hook = webhook({ url: `${url}/token-in-path` });
  const unreachable = webhook({ url: "http://127.0.0.1:9/token-in-path" });
  for (const failure of [
    await failureOf(hook.send(MESSAGE, AT)),
    await failureOf(unreachable.send(MESSAGE, AT)),
  ])
    expect(inspect(failure, { depth: 9 })).not.toMatch(/token-in-path|whsec_/);
  const secret = new SigningSecret(secretOf("a"));
  expect(`${String(secret)} ${JSON.stringify(secret)} ${inspect(secret)}`).not.toContain(
    secret.reveal().slice(6),
  );
});

test.each([
  [secretOf("a"), true],
  [secretOf("a").slice(6), false],
  [`whsec_${Buffer.from("short").toString("base64")}`, false],
  [`whsec_${Buffer.from("x".repeat(65)).toString("base64")}`, false],
  ["whsec_not base64", false],
  ["", false],
])("%s is a signing secret: %s", (text, expected) => {
  expect(isSigningSecret(text)).toBe(expected);
});
