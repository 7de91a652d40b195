/** The process around the app: its environment, its log, its set-up page, and the parts put together. */
export { EnvironmentError, parseEnvironment, VARIABLES } from "./environment.ts";
export type { Environment, SetupEnvironment } from "./environment.ts";
export { createLog, prettyDestination } from "./log.ts";
export { MonitorPortError } from "./monitor/index.ts";
export { runServer } from "./run-server.ts";
export { startSetUp } from "./set-up/index.ts";
