export { run } from "./run.ts";
export type { ExitCode, Surroundings } from "./run.ts";
