/** Reads a few objects by their ids, with one pipeline. */
import { chainOrder, NONE } from "../../objects/index.ts";
import type { Gap } from "../../domain/index.ts";
import { listObjects } from "../../source/index.ts";
import type { HistoryRepository } from "../../source/index.ts";
import type { FoundObjects } from "./found.ts";
import { readAll } from "./read-all.ts";

interface BlobRequest {
  readonly repository: HistoryRepository;
  readonly now: Date;
  readonly signal: AbortSignal;
}

interface BlobsRead {
  readonly gaps: readonly Gap[];
  readonly bytes: number;
  /** Those that git has. */
  readonly isThere: (id: string) => boolean;
}

/** What they hold goes to `found`. */
export async function readBlobs(
  { repository, now, signal }: BlobRequest,
  ids: ReadonlySet<string>,
  { brotli, found }: { readonly brotli: boolean; readonly found: FoundObjects },
): Promise<BlobsRead> {
  if (ids.size === 0 || signal.aborted) return { gaps: [], bytes: 0, isThere: () => false };
  const lines = [...ids].map((id) => `${id}\n`).join("");
  const { table } = await listObjects(repository, lines, signal);
  const { gaps, bytes } = await readAll({
    repository,
    table,
    order: chainOrder(table),
    now,
    budget: null,
    brotli,
    pipelines: 1,
    signal,
    take: (message) => found.take(message),
    onProgress: () => undefined,
  });
  return { gaps, bytes, isThere: (id) => table.findHex(id) !== NONE };
}
