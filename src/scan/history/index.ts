/** The whole history of a repository: every object searched once, every finding placed where it came in. */
export type { HistoryFinding } from "./origin.ts";
export { HistoryProcessError, readHistoryApart } from "./read-apart.ts";
export type { ApartRequest, HistoryRead } from "./read-apart.ts";
export { scanStaged } from "./scan-staged.ts";
export type { StagedScan } from "./scan-staged.ts";
export { scanHistory } from "./scan-history.ts";
export type { HistoryProgress, HistoryRange, HistoryRequest, HistoryScan } from "./scan-history.ts";
