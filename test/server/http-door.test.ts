import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openHttpDoor, ping } from "../../src/server/http-door.ts";
import type { Handler, HttpDoorLimits } from "../../src/server/http-door.ts";
import { createLog } from "../../src/server/log.ts";
import { webhookDoor } from "../../src/server/webhook-door.ts";

async function aDoor(limits: Partial<HttpDoorLimits> = {}, handler?: Handler) {
  const lines: string[] = [];
  const received: unknown[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const receiver = { receive: async (delivery: unknown) => void received.push(delivery) };
  const door = await openHttpDoor({
    host: "127.0.0.1",
    port: 0,
    log,
    handlers: [handler ?? webhookDoor({ receiver, secrets: ["a secret"], log }), ping],
    limits,
  });
  onTestFinished(() => door.stop(0));
  return { port: door.port, lines, received };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

/** Everything that is answered until the connection is closed. */
async function answerTo(port: number, sent: string): Promise<string> {
  const socket = await open(port);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.write(sent);
  await once(socket, "close");
  return text;
}

const PATH = "/api/github/webhooks";
const SIGNED = [
  "host: rollcall.example.org",
  "content-type: application/json",
  "x-github-event: push",
  "x-github-delivery: 1",
  `x-hub-signature-256: sha256=${"0".repeat(64)}`,
].join("\r\n");

test("an idle connection makes room for the next one, the longest idle first, and requests are answered", async () => {
  const { port } = await aDoor({ maxConnections: 3 });
  const idle = [await open(port), await open(port), await open(port)];
  const closed = once(idle[0] ?? (await open(port)), "close");
  expect((await fetch(`http://127.0.0.1:${port}/ping`)).status).toBe(200);
  await closed;
  expect(idle.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
});

test("an error of a handler is logged and not told", async () => {
  const { port, lines } = await aDoor({}, async () => {
    throw new Error("words of the error");
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect([answer.status, await answer.text()]).toEqual([500, ""]);
  expect(lines.join("")).toContain("words of the error");
});

test.each([
  [
    "a length given twice",
    `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    400,
  ],
  [
    "a length and chunks",
    `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ["a negative length", `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: -1\r\n\r\n`, 400],
  ["a length with a sign", `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: +2\r\n\r\n{}`, 400],
  [
    "chunks of no end",
    `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ntransfer-encoding: chunked\r\n\r\nffffff\r\n{`,
    411,
  ],
  [
    "a signature given twice",
    `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\nx-hub-signature-256: sha256=1\r\ncontent-length: 2\r\n\r\n{`,
    400,
  ],
  ["huge headers", `POST ${PATH} HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ["no host", `GET /ping HTTP/1.1\r\n\r\n`, 400],
  ["a bare line feed in a header", `GET /ping HTTP/1.1\nhost: x\n\n`, 400],
  ["no HTTP", `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n`, 400],
])("%s is refused, and the connection is closed", async (_name, sent, status) => {
  const { port, received } = await aDoor();
  const answer = await answerTo(port, sent);
  expect(answer.split("\r\n")[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).not.toMatch(/ at |node:|Error/);
  expect(received).toEqual([]);
});

test("headers and bodies that drip are cut off", async () => {
  const { port } = await aDoor({ headersMs: 100, requestMs: 200 });
  expect(await answerTo(port, "POST / HTTP/1.1\r\nhost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  const body = `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: 100\r\n\r\n{`;
  expect(await answerTo(port, body)).toMatch(/^(?:HTTP\/1\.1 (?:408|400) |$)/);
});

test("a body is invited only where its headers are right", async () => {
  const { port } = await aDoor();
  const expecting = "expect: 100-continue\r\nconnection: close";
  const right = `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\n${expecting}\r\ncontent-length: 2\r\n\r\n{}`;
  expect(await answerTo(port, right)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
  const tooLarge = `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\n${expecting}\r\ncontent-length: 99999999\r\n\r\n`;
  expect(await answerTo(port, tooLarge)).toMatch(/^HTTP\/1\.1 413 /);
});

test("requests sent one behind the other are each answered, in order", async () => {
  const { port } = await aDoor();
  const forged = `POST ${PATH} HTTP/1.1\r\n${SIGNED}\r\ncontent-length: 2\r\n\r\n{}`;
  const last = "GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  const answers = await answerTo(port, `${forged.repeat(50)}${last}`);
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual([...Array.from({ length: 50 }, () => "400"), "200"]);
});

test.each([
  ["GET", PATH, 405],
  ["PUT", PATH, 405],
  ["DELETE", "/", 404],
  ["POST", `${PATH}/`, 404],
  ["POST", `/${PATH}`, 404],
  ["POST", "/api/github/../github/webhooks", 404],
  ["POST", "/api/github/webhooks%00", 404],
  ["GET", "/probot", 404],
  ["GET", "/probot/setup?code=1", 404],
  ["POST", "/probot/import", 404],
  ["GET", "/probot/static/primer.css", 404],
  ["GET", "/.env", 404],
])("%s %s is answered %i", async (method, path, status) => {
  const { port } = await aDoor();
  const answer = await answerTo(port, `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});
