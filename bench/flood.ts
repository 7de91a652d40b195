/**
 * Strangers flood the door while GitHub delivers: idle and slow connections, large bodies without a valid signature, and a
 * thousand forged deliveries a second, against the real process. Reports how long GitHub's deliveries wait for their answer,
 * and the memory of the process at rest, at its peak, and afterwards.
 *
 *   npx node bench/flood.ts [--seconds 30] [--forged 1000] [--only none|idle|large|forged|all]
 */
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { parseArgs } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { z } from "zod";
import { openStage } from "../demo/stage.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    forged: { type: "string", default: "1000" },
    only: { type: "string", default: "all" },
  },
});

const IDLE = 500;
const SLOW = 50;
const LARGE = 40;
const LARGE_BYTES = 24 * 1024 ** 2;
const FORGED_BYTES = 8000;
/** GitHub's deliveries a second, while strangers flood. */
const DELIVERIES = 25;
const REST_MS = 15_000;

const floodSchema = z.object({ port: z.int(), forged: z.number(), only: z.string() });

interface Target {
  readonly port: number;
}

const FORGED = `sha256=${"0".repeat(64)}`;

function headersOf(bytes: number, signature: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "content-length": String(bytes),
    "x-github-event": "push",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signature,
  };
}

/** Sends a whole delivery and resolves with its status; 0: no answer. */
async function deliver(
  { port }: Target,
  body: Buffer,
  headers: Record<string, string>,
  agent: Agent,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const sent = request({
    host: "127.0.0.1",
    port,
    path: "/api/github/webhooks",
    method: "POST",
    headers,
    agent,
  });
  sent.once("response", (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  sent.once("error", () => resolve(0));
  sent.end(body);
  return promise;
}

/** A connection that is opened again whenever it is closed. */
function keepOpen({ port }: Target, use: (socket: Socket) => void): void {
  const socket = connect(port, "127.0.0.1", () => use(socket));
  socket.on("error", () => {});
  socket.once("close", () => void wait(100).then(() => keepOpen({ port }, use)));
}

const only = (name: string, chosen: string): boolean => chosen === "all" || chosen === name;

/** What the strangers do, on a thread of their own, so the measuring is not held up. */
function flood({ port, forged, only: chosen }: z.infer<typeof floodSchema>): void {
  const target = { port };
  if (only("idle", chosen)) {
    for (let count = 0; count < IDLE; count += 1) keepOpen(target, () => {});
    for (let count = 0; count < SLOW; count += 1) {
      keepOpen(target, (socket) => {
        const headers = Object.entries(headersOf(200_000, FORGED)).map(
          ([name, value]) => `${name}: ${value}`,
        );
        socket.write(`POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n${headers.join("\r\n")}\r\n\r\n{`);
        const dripping = setInterval(() => socket.write(" "), 500);
        socket.once("close", () => clearInterval(dripping));
      });
    }
  }
  if (only("large", chosen)) {
    const body = Buffer.alloc(LARGE_BYTES, "a");
    const agent = new Agent({ keepAlive: false });
    const again = async (): Promise<void> => {
      for (;;) {
        await deliver(target, body, headersOf(body.length, FORGED), agent);
        await wait(50);
      }
    };
    for (let count = 0; count < LARGE; count += 1) void again();
  }
  if (only("forged", chosen)) {
    const body = Buffer.alloc(FORGED_BYTES, "a");
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const TICK = 20;
    setInterval(() => {
      for (let count = 0; count < (forged * TICK) / 1000; count += 1)
        void deliver(target, body, headersOf(body.length, FORGED), agent);
    }, TICK);
  }
}

function memoryMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Processor time of the process so far, in seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantile(sorted: readonly number[], part: number): number {
  return (
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN) * 10) /
    10
  );
}

/** GitHub's own deliveries, small and signed; each is new to the app, and needs no work. */
async function measure(target: Target, secret: string, seconds: number, payload: Buffer): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const until = performance.now() + seconds * 1000;
  const pending: Promise<void>[] = [];
  while (performance.now() < until) {
    pending.push(
      (async () => {
        const signature = `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`;
        const begun = performance.now();
        const status = await deliver(target, payload, headersOf(payload.length, signature), agent);
        times.push(performance.now() - begun);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      })(),
    );
    await wait(1000 / DELIVERIES);
  }
  await Promise.all(pending);
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  const answers = [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
  return `p50 ${quantile(sorted, 0.5)} ms  p99 ${quantile(sorted, 0.99)} ms  max ${quantile(sorted, 1)} ms  (${answers})`;
}

async function main(): Promise<void> {
  const seconds = Number(values.seconds);
  const stage = await openStage({ quietLog: true });
  try {
    const { webhook } = stage.github;
    if (webhook === null) throw new Error("The app has no webhook.");
    const target = { port: Number(new URL(webhook.url).port) };
    // A push of a tag that marks no commit: it is stored and starts no job.
    const payload = Buffer.from(
      JSON.stringify({
        ref: "refs/tags/bench",
        before: "0".repeat(40),
        after: "1".repeat(40),
        head_commit: null,
        repository: {
          id: stage.repository.id,
          name: "shop",
          private: true,
          default_branch: "main",
          owner: { login: "acme" },
        },
        installation: { id: 1 },
        padding: "x".repeat(20_000),
      }),
    );
    await wait(REST_MS);
    console.log(`at rest                 ${await measure(target, webhook.secret, 5, payload)}`);
    const rest = memoryMb(stage.app.pid);
    const workerInput = { port: target.port, forged: Number(values.forged), only: values.only };
    const strangers =
      values.only === "none" ? null : new Worker(import.meta.filename, { workerData: workerInput });
    let peak = rest;
    const cpu = cpuSeconds(stage.app.pid);
    const sampling = setInterval(() => {
      peak = Math.max(peak, memoryMb(stage.app.pid));
    }, 100);
    console.log(`while strangers flood   ${await measure(target, webhook.secret, seconds, payload)}`);
    clearInterval(sampling);
    const busy = Math.round((100 * (cpuSeconds(stage.app.pid) - cpu)) / seconds);
    await strangers?.terminate();
    await wait(REST_MS);
    console.log(`processor               ${busy}% of a core`);
    console.log(
      `memory                  rest ${rest} MB  peak ${peak} MB  after ${memoryMb(stage.app.pid)} MB`,
    );
  } finally {
    await stage.close();
  }
}

if (isMainThread) await main();
else flood(floodSchema.parse(workerData));
