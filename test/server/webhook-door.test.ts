import { createHmac } from "node:crypto";
import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { openHttpDoor } from "../../src/server/http-door.ts";
import { createLog } from "../../src/server/log.ts";
import { webhookDoor } from "../../src/server/webhook-door.ts";
import type { Receiver } from "../../src/server/webhook-door.ts";
import { StoreError } from "../../src/store/index.ts";

const BODY = JSON.stringify({ zen: "of the door" });
const HEADERS = {
  "content-type": "application/json",
  "content-length": String(BODY.length),
  "x-github-event": "ping",
  "x-github-delivery": "1",
  "x-hub-signature-256": `sha256=${createHmac("sha256", "secret").update(BODY).digest("hex")}`,
};

/** The door in front of `receive`; what it is given is kept. */
async function aDoor(
  given: {
    readonly receive?: Receiver["receive"];
    readonly answerMs?: number;
    readonly roomBytes?: number;
    readonly graceMs?: number;
  } = {},
) {
  const { receive = async () => {}, answerMs = 60_000, roomBytes = 1e6, graceMs = 60_000 } = given;
  const received: unknown[] = [];
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const door = webhookDoor({
    receiver: {
      receive: async (delivery) => {
        received.push(delivery);
        await receive(delivery);
      },
    },
    secrets: ["secret", "former"],
    log,
    limits: { answerMs, lanes: [{ maxBytes: 26_214_400, roomBytes, graceMs }] },
  });
  const server = await openHttpDoor({ host: "127.0.0.1", port: 0, log, handlers: [door] });
  onTestFinished(() => server.stop(0));
  return { received, port: server.port, lines };
}

function begin(
  port: number,
  headers: Record<string, string> = {},
  path = "/api/github/webhooks",
): ClientRequest {
  const sent = request({
    port,
    host: "127.0.0.1",
    path,
    method: "POST",
    headers: { ...HEADERS, ...headers },
  });
  sent.on("error", () => {});
  return sent;
}

async function statusOf(sent: ClientRequest): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once("response", resolve);
  sent.once("error", reject);
  const answer = await promise;
  answer.resume();
  return answer.statusCode;
}

test("a whole delivery that is signed is passed on and answered 200", async () => {
  const { received, port } = await aDoor();
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(200);
  expect(received).toEqual([{ id: "1", name: "ping", payload: { zen: "of the door" } }]);
});

test("an incomplete body is answered 503, never 202, and is not processed", async () => {
  const { received, port } = await aDoor({ answerMs: 100 });
  const sent = begin(port);
  sent.write(BODY.slice(0, 5));
  expect(await statusOf(sent)).toBe(503);
  expect(received).toEqual([]);
});

test("a delivery that is not stored within the limit is answered 503", async () => {
  const stored = Promise.withResolvers<void>();
  const { port } = await aDoor({ receive: () => stored.promise, answerMs: 100 });
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(503);
  stored.resolve();
});

test.each([
  ["the disk is full", new StoreError("database_unavailable", "full"), 503],
  ["the program is wrong", new TypeError("x is not a function"), 500],
])("where %s, the answer is an error", async (_name, error, status) => {
  const { port } = await aDoor({
    receive: async () => {
      throw error;
    },
  });
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(status);
});

test("a body waits unread for room, and is taken once there is some", async () => {
  const { received, port } = await aDoor({ roomBytes: 2 * BODY.length - 1 });
  const held = begin(port);
  held.write(BODY.slice(0, -1));
  const waiting = begin(port);
  waiting.end(BODY);
  expect(received).toEqual([]);
  held.end(BODY.slice(-1));
  expect(await Promise.all([statusOf(held), statusOf(waiting)])).toEqual([200, 200]);
  expect(received).toHaveLength(2);
});

test("a body that dawdles gives way to one that waits", async () => {
  const { received, port } = await aDoor({ roomBytes: 2 * BODY.length - 1, graceMs: 1 });
  const held = begin(port);
  held.write(BODY.slice(0, -1));
  const waiting = begin(port);
  waiting.end(BODY);
  expect(await Promise.all([statusOf(held), statusOf(waiting)])).toEqual([503, 200]);
  expect(received).toHaveLength(1);
});

test("a body that is cut off gives its room back", async () => {
  const { port } = await aDoor({ roomBytes: 2 * BODY.length - 1 });
  const held = begin(port);
  held.write(BODY.slice(0, -1));
  const waiting = begin(port);
  waiting.end(BODY);
  held.destroy();
  expect(await statusOf(waiting)).toBe(200);
});

test("what strangers send is logged once a minute with its reason, not once a request", async () => {
  const { port, lines } = await aDoor();
  for (let count = 0; count < 20; count += 1) {
    const sent = begin(port, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` });
    sent.end(BODY);
    expect(await statusOf(sent)).toBe(400);
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("wrong signature");
});

test.each([
  ["no event", { "x-github-event": "" }, 400],
  ["no delivery id", { "x-github-delivery": "" }, 400],
  ["no signature", { "x-hub-signature-256": "" }, 400],
  ["another content", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["a length over GitHub's", { "content-length": String(25 * 1024 ** 2 + 1) }, 413],
  ["no length", { "content-length": "", "transfer-encoding": "chunked" }, 411],
  ["a signature of another form", { "x-hub-signature-256": `sha1=${"0".repeat(40)}` }, 400],
  ["a signature that is too long", { "x-hub-signature-256": `sha256=${"0".repeat(65)}` }, 400],
  ["an event that is no name", { "x-github-event": "push, push" }, 400],
  ["an endless delivery id", { "x-github-delivery": "1".repeat(101) }, 400],
])("a request with %s is refused before its body is read", async (_name, headers, status) => {
  const { received, port } = await aDoor();
  const given = Object.fromEntries(
    Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== ""),
  );
  const sent = request({
    port,
    host: "127.0.0.1",
    path: "/api/github/webhooks",
    method: "POST",
    headers: given,
  });
  sent.on("error", () => {});
  sent.flushHeaders();
  expect(await statusOf(sent)).toBe(status);
  expect(received).toEqual([]);
});

test("another path is left to others", async () => {
  const { port } = await aDoor();
  const sent = begin(port, {}, "/ping");
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(404);
});

test("another method is refused with the one that is right", async () => {
  const { port } = await aDoor();
  const answer = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`);
  expect([answer.status, answer.headers.get("allow"), await answer.text()]).toEqual([405, "POST", ""]);
});
