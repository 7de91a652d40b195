import { existsSync } from "node:fs";
import {
  createLog,
  EnvironmentError,
  MonitorPortError,
  parseEnvironment,
  prettyDestination,
  startServer,
  startSetUp,
} from "./server/index.ts";
import { StoreError } from "./store/index.ts";

/** The only reader of the environment, and the only place that ends the process. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const environment = parseEnvironment(process.env, { isTerminal: process.stdout.isTTY });
  if ("setup" in environment) {
    const { instructions } = await startSetUp(environment, createLog("warn"));
    console.log(instructions);
    return;
  }
  const log = createLog(
    environment.logLevel,
    environment.logFormat === "pretty" ? prettyDestination() : undefined,
  );
  // Node itself would print the error with all that hangs on it, such as a request or a delivery.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "unexpected error, the process ends");
    process.exit(1);
  });
  const starting = startServer(environment, log);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    // A start that was not finished is, so nothing of it is left running.
    const stopped = starting.then((server) => server.stop());
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await starting;
}

try {
  await main();
} catch (error) {
  const isPlain =
    error instanceof EnvironmentError || error instanceof StoreError || error instanceof MonitorPortError;
  if (!isPlain) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
