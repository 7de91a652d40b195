import type { ChainOrder, ObjectTable, PackPlaces } from "../../objects/index.ts";
import type { HistoryRepository } from "../../source/index.ts";
import type { ObjectMessage } from "./message.ts";

/** How far the reading came. */
export interface ReadProgress {
  readonly objects: number;
  readonly blobs: number;
  readonly bytes: number;
  /** From 0 to 1, by bytes in the pack. */
  readonly share: number;
}

export interface ReadRequest {
  readonly repository: HistoryRepository;
  readonly table: ObjectTable;
  readonly order: ChainOrder;
  /** Where in packs the objects are, if that is known: those are read without git. */
  readonly places?: PackPlaces | null;
  readonly now: Date;
  /** Work for one object; null for any amount. */
  readonly budget: number | null;
  /** The objects are blobs that are compressed with brotli. */
  readonly brotli?: boolean;
  readonly pipelines?: number | undefined;
  /** Stops reading; what was read until then counts. */
  readonly signal: AbortSignal;
  readonly take: (message: ObjectMessage) => void;
  readonly onProgress: (progress: ReadProgress) => void;
}
