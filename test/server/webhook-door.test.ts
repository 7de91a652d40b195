import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
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
  receive: Receiver["verifyAndReceive"] = async () => {},
  answerMs = 60_000,
  maxBufferedBytes = 1e6,
) {
  const received: unknown[] = [];
  const door = webhookDoor(
    {
      verifyAndReceive: async (delivery) => {
        received.push(delivery);
        await receive(delivery);
      },
    },
    createLog("silent"),
    { answerMs, maxBufferedBytes },
  );
  const server = createServer((incoming, response) => {
    void door(incoming, response).then((mine) => mine || response.writeHead(404).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { received, port };
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

test("a whole delivery is passed on as it was signed, and answered 200", async () => {
  const { received, port } = await aDoor();
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(200);
  expect(received).toEqual([
    { id: "1", name: "ping", payload: BODY, signature: HEADERS["x-hub-signature-256"] },
  ]);
});

test("an incomplete body is answered 503, never 202, and is not processed", async () => {
  const { received, port } = await aDoor(undefined, 100);
  const sent = begin(port);
  sent.write(BODY.slice(0, 5));
  expect(await statusOf(sent)).toBe(503);
  expect(received).toEqual([]);
});

test("a delivery that is not stored within the limit is answered 503", async () => {
  const stored = Promise.withResolvers<void>();
  const { port } = await aDoor(() => stored.promise, 100);
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(503);
  stored.resolve();
});

test.each([
  ["the disk is full", new StoreError("database_unavailable", "full"), 503],
  ["the program is wrong", new TypeError("x is not a function"), 500],
])("where %s, the answer is an error, as Octokit collects it", async (_name, error, status) => {
  const { port } = await aDoor(async () => {
    throw new AggregateError([error]);
  });
  const sent = begin(port);
  sent.end(BODY);
  expect(await statusOf(sent)).toBe(status);
});

test("bodies that are being read at once are bounded together, whoever sends them; the next is taken again", async () => {
  const { port } = await aDoor(undefined, 60_000, 2 * BODY.length - 3);
  const held = begin(port);
  held.write(BODY.slice(0, -1));
  const one = begin(port);
  one.write(BODY.slice(0, -1));
  expect(await Promise.race([statusOf(held), statusOf(one)])).toBe(503);
  held.destroy();
  one.destroy();
  const statuses: (number | undefined)[] = [];
  while (statuses.at(-1) !== 200) {
    const next = begin(port);
    next.end(BODY);
    statuses.push(await statusOf(next));
  }
  expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
});

test.each([
  ["no event", { "x-github-event": "" }, 400],
  ["no delivery id", { "x-github-delivery": "" }, 400],
  ["no signature", { "x-hub-signature-256": "" }, 400],
  ["another content", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["a length over GitHub's", { "content-length": String(25 * 1024 ** 2 + 1) }, 413],
  ["no length", { "content-length": "", "transfer-encoding": "chunked" }, 413],
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
