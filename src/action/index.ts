/** The GitHub Action: scans what an event of a workflow is about, without a server. */
export { runAction } from "./run-action.ts";
export type { ActionSurroundings } from "./run-action.ts";
