import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { AppLog } from "./app-log.ts";

/** Written to the log when webhooks are taken. */
const READY = "Rollcall is ready for webhooks";
/** Far longer than a start takes, on a busy machine too. */
const START_MS = 180_000;
const STOP_MS = 20_000;
/** Of its output, what an error quotes. */
const QUOTED = 2_000;

/** The app's process ended, or did not get ready. The message ends with the last lines that it wrote. */
export class AppProcessError extends Error {
  override readonly name = "AppProcessError";
}

/** The real program, as a process of its own. */
export interface AppProcess {
  readonly pid: number;
  readonly log: AppLog;
  /** Rejects with an AppProcessError when the process ends before `stop`; never resolves. */
  readonly died: Promise<never>;
  /** The end of what it wrote to its terminal. */
  recentOutput(): string;
  stop(): Promise<void>;
}

/**
 * Starts `src/main.ts` and resolves when it takes webhooks. It ends with this process, whatever happens.
 *
 * @param environment everything it gets in addition to PATH
 */
export async function startApp(environment: Readonly<Record<string, string>>): Promise<AppProcess> {
  // In a process group of its own: Ctrl+C in the terminal reaches this process alone, which then stops the app.
  const child = spawn(process.execPath, ["src/main.ts"], {
    cwd: join(import.meta.dirname, ".."),
    // The log tells which jobs were stored and which have ended: `AppLog`.
    env: { PATH: process.env["PATH"] ?? "", LOG_LEVEL: "trace", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // First of what happens at the exit: what removes the folder of the app comes after.
  const kill = (): void => killGroup(child);
  process.prependOnceListener("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const log = new AppLog();
  let stopping = false;
  const ready = log.next(READY);
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined);
  const recentOutput = (): string => log.text.slice(-QUOTED);
  log.follow(child.stdout, child.stderr);
  child.once("error", (cause) =>
    died.reject(new AppProcessError("The app could not be started.", { cause })),
  );
  child.once("exit", (code, signal) => {
    if (stopping) return;
    const how = signal === null ? `with exit code ${code ?? "unknown"}` : `by ${signal}`;
    died.reject(new AppProcessError(`The app's process ended ${how}. It said last:\n${recentOutput()}`));
  });
  const stop = (): Promise<void> => {
    stopping = true;
    return stopChild(child);
  };
  const timer = setTimeout(
    () =>
      died.reject(
        new AppProcessError(`The app was not ready after ${START_MS / 1000} s. It said:\n${recentOutput()}`),
      ),
    START_MS,
  );
  try {
    await Promise.race([ready, died.promise]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    pid: child.pid ?? 0,
    log,
    died: died.promise,
    recentOutput,
    stop,
  };
}

/** Kills the process and those that it started: git, the database. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => killGroup(child), STOP_MS);
  await ended;
  clearTimeout(timer);
}
