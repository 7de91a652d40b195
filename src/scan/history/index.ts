/** The whole history of a repository: every object searched once, every finding placed where it came in. */
export type { HistoryFinding } from "./origin.ts";
export { scanHistory } from "./scan-history.ts";
export type { HistoryProgress, HistoryRange, HistoryRequest, HistoryScan } from "./scan-history.ts";
