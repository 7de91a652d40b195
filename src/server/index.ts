/** The process around the app: its environment, its log, its set-up page, and the parts put together. */
export { EnvironmentError, parseEnvironment } from "./environment.ts";
export { createLog } from "./log.ts";
export { startServer } from "./server.ts";
export { startSetUp } from "./set-up/index.ts";
