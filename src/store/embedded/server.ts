/**
 * Runs PostgreSQL as a child of this process: starts it, restarts it if it exits, and stops it. It gets its own session, so
 * Ctrl+C in a terminal reaches only this process, which stops the queue before the server. The server listens on a socket in
 * a private folder, or on loopback if the platform has no sockets.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { followServerLog } from "./server-log.ts";

/** After a crash PostgreSQL replays its log first, which takes long on a slow disk. */
const START_MS = 60_000;
/** Backends of a killed server need a moment to notice; until then a new server does not start. */
const START_PAUSES_MS = [100, 300, 900] as const;
const MAX_RESTART_PAUSE_MS = 5000;
const FAST_STOP_MS = 5000;
const HARD_STOP_MS = 2000;

export interface ServerOptions {
  readonly binaries: Binaries;
  readonly account: Account | null;
  /** The folder that `initdb` made. */
  readonly data: string;
  /** The folder of the socket, or a port on loopback if there are no sockets. */
  readonly at: { readonly socketFolder: string } | { readonly port: number };
  /** Override the settings below, for example in tests. */
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Logger;
}

export interface ServerProcess {
  /** Stops the server after its connections were closed, with a fast shutdown; by force if that takes too long. */
  stop(): Promise<void>;
}

/** Small and durable: data is on disk before it is acknowledged. */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: "on",
  synchronous_commit: "on",
  shared_buffers: "32MB",
  max_connections: "40",
  max_wal_size: "256MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_worker_processes: "2",
  max_parallel_workers_per_gather: "0",
  io_method: "sync",
  jit: "off",
  log_line_prefix: "",
  log_min_messages: "warning",
  // Neither statements nor details, because both can contain a row's content.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/** @throws Error with PostgreSQL's last line if it does not start */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const { log } = options;
  const stopping = new AbortController();
  let child = await firstStart(options, stopping.signal);
  // The server must not outlive this process, even if it ends without `stop`.
  const onExit = (): void => void child.kill("SIGINT");
  process.on("exit", onExit);
  const watching = watch();

  async function watch(): Promise<void> {
    for (;;) {
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      if (stopping.signal.aborted) return;
      log.error(
        { code: child.exitCode, signal: child.signalCode },
        "PostgreSQL exited unexpectedly, restarting it",
      );
      for (let pause = 100; !stopping.signal.aborted; pause = Math.min(2 * pause, MAX_RESTART_PAUSE_MS)) {
        try {
          child = await start(options, stopping.signal);
          // A stop in the meantime reached only the former child.
          if (stopping.signal.aborted) await end(child, options);
          break;
        } catch (error) {
          log.error({ err: error }, "PostgreSQL does not start, trying again");
          await wait(pause);
        }
      }
    }
  }

  return {
    async stop() {
      stopping.abort();
      await end(child, options);
      await watching;
      process.off("exit", onExit);
    },
  };
}

async function firstStart(options: ServerOptions, stopping: AbortSignal): Promise<ChildProcess> {
  for (const pause of START_PAUSES_MS) {
    try {
      return await start(options, stopping);
    } catch {
      await wait(pause);
    }
  }
  return start(options, stopping);
}

async function start(
  { binaries, account, data, at, settings, log }: ServerOptions,
  stopping: AbortSignal,
): Promise<ChildProcess> {
  const place =
    "socketFolder" in at
      ? { listen_addresses: "", unix_socket_directories: at.socketFolder, unix_socket_permissions: "0700" }
      : { listen_addresses: "127.0.0.1", unix_socket_directories: "", port: String(at.port) };
  const child = spawn(
    binaries.postgres,
    [
      "-D",
      data,
      ...Object.entries({ ...SETTINGS, ...settings, ...place }).flatMap(([name, value]) => [
        "-c",
        `${name}=${value}`,
      ]),
    ],
    {
      cwd: data,
      env: binaries.environment,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "ignore", "pipe"],
      ...account,
    },
  );
  const said = followServerLog(child.stderr, log, stopping);
  const outcome = await Promise.race([
    said.ready.then(() => "ready" as const),
    once(child, "exit").then(() => "ended" as const),
    wait(START_MS, "late" as const, { ref: false }),
  ]);
  if (outcome === "ready") return child;
  await end(child, { binaries, data });
  throw new Error(
    said.lastFailure() || `PostgreSQL ${outcome === "late" ? "took too long to start" : "ended at once"}`,
  );
}

async function end(
  child: ChildProcess,
  { binaries, data }: Pick<ServerOptions, "binaries" | "data">,
): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  if (process.platform === "win32") {
    // There a signal would kill the server at once, and the next start would have to recover.
    spawn(binaries.pgCtl, ["stop", "-D", data, "-m", "fast", "-W"], {
      env: binaries.environment,
      stdio: "ignore",
    });
  } else {
    child.kill("SIGINT");
  }
  if (await within(exit, FAST_STOP_MS)) return;
  child.kill("SIGQUIT");
  if (await within(exit, HARD_STOP_MS)) return;
  child.kill("SIGKILL");
  await exit;
}

async function within(exit: Promise<unknown>, ms: number): Promise<boolean> {
  return Promise.race([exit.then(() => true), wait(ms, false, { ref: false })]);
}
