import { existsSync } from "node:fs";
import { createLog, EnvironmentError, parseEnvironment, startServer, startSetUp } from "./server/index.ts";
import { StoreError } from "./store/index.ts";

/** The only reader of the environment, and the only place that ends the process. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const environment = parseEnvironment(process.env);
  if ("setup" in environment) {
    const { instructions } = await startSetUp(environment, createLog("warn"));
    console.log(instructions);
    return;
  }
  const log = createLog(environment.logLevel);
  // Node itself would print the error with all that hangs on it, such as a request or a delivery.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "unexpected error, the process ends");
    process.exit(1);
  });
  const server = await startServer(environment, log);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof StoreError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
