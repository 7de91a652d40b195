/** The detector on folders, files, patches and git histories. */
export { run } from "./run.ts";
export { scanRange } from "./scan-git.ts";
export type { ExitCode, Surroundings } from "./run.ts";
