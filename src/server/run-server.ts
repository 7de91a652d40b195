import type { Logger } from "pino";
import type { Environment } from "./environment.ts";
import { startServer } from "./server.ts";
import type { ServerOptions } from "./server.ts";

/**
 * Starts the app as this process, which ends with 0 after SIGTERM or SIGINT, and with 1 by an unexpected error. The only
 * place that ends the process.
 */
export async function runServer(
  environment: Environment,
  log: Logger,
  options: ServerOptions = {},
): Promise<void> {
  // Node itself would print the error with all that hangs on it, such as a request or a delivery.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "unexpected error, the process ends");
    process.exit(1);
  });
  const starting = startServer(environment, log, options);
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
