import type { Finding, Origin } from "../../domain/index.ts";

export interface HistoryFinding {
  readonly finding: Finding;
  readonly origin: Origin;
}
