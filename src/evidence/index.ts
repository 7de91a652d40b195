/** The command line that prints the record as evidence. */
export { runEvidence } from "./run-evidence.ts";
export type { EvidenceSurroundings } from "./run-evidence.ts";
