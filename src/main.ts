import { existsSync } from "node:fs";
import {
  createLog,
  EnvironmentError,
  MonitorPortError,
  parseEnvironment,
  prettyDestination,
  runServer,
  startSetUp,
} from "./server/index.ts";
import { StoreError } from "./store/index.ts";

/** The only reader of the environment. */
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
  await runServer(environment, log);
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
