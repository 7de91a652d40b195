/**
 * What database and queue cost, on the real process: starts, memory at rest, the time to store a delivery, a minute of
 * deliveries at a fixed rate over 300 installations, and a claim with 100,000 jobs waiting. GitHub is a server here that
 * answers 404 to everything, so jobs fail and are retried while deliveries come in. One run, one machine; Linux only.
 *
 *   npx node bench/queue.ts [--rate 100] [--seconds 60]
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { enqueue } from "../src/queue/index.ts";
import { claim } from "../src/queue/claim.ts";
import { settle } from "../src/queue/settle.ts";
import { createLog } from "../src/server/index.ts";
import { openDatabase } from "../src/store/index.ts";
import { newJob } from "./new-job.ts";

const { values } = parseArgs({
  options: { rate: { type: "string", default: "100" }, seconds: { type: "string", default: "60" } },
});
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const INSTALLATIONS = 300;
const WAITING = 100_000;
const SECRET = "a secret of the bench";
const SETTLE_MS = 20_000;
const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

const directory = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
chmodSync(directory, 0o711);
const data = join(directory, "data");
const nothing = createServer((_request, response) => {
  response.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
}).listen(0, "127.0.0.1");
await once(nothing, "listening");

function portOf(server: typeof nothing): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  return port;
}

const port = await freePort();

/** Starts the app; resolves when it takes webhooks. */
async function start(): Promise<{ app: ChildProcess; ms: number }> {
  const began = performance.now();
  const app = spawn(process.execPath, ["src/main.ts"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      APP_ID: "1",
      PRIVATE_KEY: PEM,
      WEBHOOK_SECRET: SECRET,
      PORT: String(port),
      GHE_HOST: `127.0.0.1:${portOf(nothing)}`,
      GHE_PROTOCOL: "http",
      DATA_DIR: data,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: app.stdout }))
    if (line.includes("ready for webhooks")) break;
  app.stdout.resume();
  return { app, ms: performance.now() - began };
}

async function stop(app: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
  const began = performance.now();
  const exit = once(app, "exit");
  app.kill(signal);
  await exit;
  return performance.now() - began;
}

/** The app, its database's server and that server's processes. */
function processesOf(app: ChildProcess): number[] {
  const postmaster = Number(
    readFileSync(join(data, "postgresql/data/postmaster.pid"), "utf8").split("\n")[0],
  );
  const backends = readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1]) === postmaster;
    } catch {
      return false;
    }
  });
  return [app.pid ?? 0, postmaster, ...backends.map(Number)];
}

/** Proportional set size of all of them, in MB: shared pages are counted once. */
function pssMb(app: ChildProcess): string {
  const sizes = processesOf(app).map((pid) => {
    try {
      return (
        Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024
      );
    } catch {
      return 0;
    }
  });
  const [own = 0, ...others] = sizes;
  const database = others.reduce((sum, size) => sum + size, 0);
  return `${Math.round(own + database)} MB (app ${Math.round(own)}, database ${Math.round(database)} in ${others.length} processes)`;
}

const payload = z
  .looseObject({
    repository: z.looseObject({ id: z.int() }),
    installation: z.looseObject({ id: z.int() }),
  })
  .parse(JSON.parse(readFileSync("fixtures/webhooks/push.json", "utf8")));
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a push of one of the installations; the time to its answer, in ms. */
async function deliver(id: string, installation: number): Promise<{ status: number; ms: number }> {
  const body = JSON.stringify({
    ...payload,
    repository: { ...payload.repository, id: 1000 + installation },
    installation: { ...payload.installation, id: installation },
  });
  const began = performance.now();
  const sent = request({
    port,
    host: "127.0.0.1",
    agent,
    path: "/api/github/webhooks",
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-github-event": "push",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
    },
  });
  sent.end(body);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  sent.once("response", (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  sent.once("error", reject);
  return { status: await promise, ms: performance.now() - began };
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

function show(name: string, text: string): void {
  console.log(`${name.padEnd(44)} ${text}`);
}

async function underLoad(app: ChildProcess): Promise<void> {
  const single: number[] = [];
  for (let index = 0; index < 200; index += 1)
    single.push((await deliver(randomUUID(), 1 + (index % INSTALLATIONS))).ms);

  show("one delivery at a time, to its answer", spread(single));
  const began = performance.now();
  const sent: Promise<{ status: number; ms: number }>[] = [];
  for (let index = 0; index < RATE * SECONDS; index += 1) {
    await wait(Math.max(0, began + (index * 1000) / RATE - performance.now()));
    sent.push(deliver(randomUUID(), 1 + (index % INSTALLATIONS)));
  }
  const answers = await Promise.all(sent);
  const stored = answers.filter(({ status }) => status === 200).length;
  show(`${RATE} deliveries a second for ${SECONDS} s`, spread(answers.map(({ ms }) => ms)));
  show("  answered 200, of all", `${stored} of ${answers.length}`);
  show("  memory after it", pssMb(app));
  await stop(app);
  const database = await openDatabase({ directory: data, url: null, log: createLog("warn") });
  const [row] = await database.rows(z.object({ n: z.int() }), "SELECT count(*) AS n FROM jobs");
  show("  jobs on record, of 200 and all answered 200", `${row?.n} of ${stored + 200}`);
  await database.close();
}

async function claims(): Promise<void> {
  const database = await openDatabase({ directory: data, url: null, log: createLog("warn") });
  await database.script("TRUNCATE jobs");
  const worker = randomUUID();
  const round = async (): Promise<void> => {
    const taken = await claim(database, { lane: "trusted", worker, leaseMs: 60_000, without: null });
    if (taken !== null) await settle(database, worker, taken, { kind: "done" });
  };
  const measure = async (name: string): Promise<void> => {
    const times: number[] = [];
    for (let index = 0; index < 300; index += 1) {
      const job = newJob(randomUUID(), { installationId: 1, exclusiveKey: "repository:0" });
      if (name.includes("one job")) await enqueue(database, [job]);
      const began = performance.now();
      await claim(database, { lane: "trusted", worker, leaseMs: 60_000, without: null });
      times.push(performance.now() - began);
      await database.run("UPDATE jobs SET state = 'done' WHERE state = 'active'");
    }
    show(name, spread(times));
  };
  await measure("claim, nothing waits");
  await measure("claim, one job waits");
  const began = performance.now();
  for (let step = 0; step < WAITING; step += 5000) {
    const jobs = Array.from({ length: 5000 }, (_, index) => {
      const number = step + index;
      return newJob(`waiting ${number}`, {
        installationId: 1 + (number % INSTALLATIONS),
        exclusiveKey: `repository:${number % 3000}`,
      });
    });
    await enqueue(database, jobs);
  }
  show("storing 5,000 jobs, mean of 20", `${Math.round((performance.now() - began) / 20)} ms`);
  await measure(`claim, ${WAITING} jobs wait`);
  const rounds = performance.now();
  for (let index = 0; index < 300; index += 1) await round();
  show("claim and end of a job, mean of 300", `${((performance.now() - rounds) / 300).toFixed(2)} ms`);
  await database.close();
}

try {
  const first = await start();
  show("first start, to ready", `${Math.round(first.ms)} ms`);
  show("stop", `${Math.round(await stop(first.app))} ms`);
  const later = await start();
  show("later start, to ready", `${Math.round(later.ms)} ms`);
  await stop(later.app, "SIGKILL");
  const killed = await start();
  show("start after a kill, to ready", `${Math.round(killed.ms)} ms`);
  await wait(SETTLE_MS);
  show("at rest", pssMb(killed.app));
  await underLoad(killed.app);
  await claims();
} finally {
  nothing.close();
  agent.destroy();
  rmSync(directory, { recursive: true, force: true });
}
