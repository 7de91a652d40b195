/** What the app counts, as a port for the other rooms, and Prometheus behind it. */
export { showFigures, showReady } from "./figures.ts";
export type { FigureSources, ProcessFigures, RecordFigures } from "./figures.ts";
export { NO_MEASURES } from "./measures.ts";
export type {
  DatabaseWork,
  DeliveryResult,
  GitHubAnswer,
  GitHubLimit,
  JobOutcome,
  Measures,
} from "./measures.ts";
export { createMetrics } from "./metrics.ts";
export type { Metrics } from "./metrics.ts";
