/**
 * Searches content on a pool of threads, so no file of a stranger holds up the thread that answers webhooks. Small
 * content without much to look at is searched at once: to hand it over would cost more. A thread whose memory runs out
 * costs its file a gap, and the process nothing. Limits are counted, never timed.
 */
import { availableParallelism } from "node:os";
import { setImmediate as turn } from "node:timers/promises";
import { Piscina } from "piscina";
import type { Hunk } from "../../diff/index.ts";
import { gapOf } from "../../domain/index.ts";
import { redactText } from "../../detect/index.ts";
import type { ContentRequest, ContentScan, ScanContent } from "./content.ts";
import { isContainer, scanPlain } from "./scan-content.ts";

/** Bytes of content up to which the calling thread looks at it first. */
const MAX_INLINE_BYTES = 64 * 1024;
/** Work that the calling thread does for one content, a few milliseconds; what takes more goes to a thread from the start. */
const MAX_INLINE_WORK = 8 * 1024;
/** Work between two turns of the event loop; a byte that is only searched counts a hundredth. */
const MAX_WORK_PER_TURN = 16 * 1024;
const SEARCHED_PER_WORK = 100;

/** Heap of one thread. A hostile file of `bench/hostile.ts` needs more than half of it. */
const MAX_THREAD_MB = 512;
const MAX_THREADS = 4;
/** A thread that has nothing to do ends, and gives its memory back. */
const IDLE_MS = 30_000;
/** Bytes copied between two turns of the event loop. */
const COPY = 4 * 1024 ** 2;

export interface DetectionPool {
  readonly scanContent: ScanContent;
  /** Ends the threads; what they work on is rejected. */
  close(): Promise<void>;
}

export function createDetectionPool(
  options: { readonly threads?: number; readonly threadMb?: number; readonly worker?: URL } = {},
): DetectionPool {
  const threads = options.threads ?? Math.max(1, Math.min(MAX_THREADS, availableParallelism() - 1));
  const pool = new Piscina<ContentRequest, ContentScan>({
    filename: (options.worker ?? new URL("worker.ts", import.meta.url)).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: options.threadMb ?? MAX_THREAD_MB },
  });
  const turns = createTurns();
  return {
    async scanContent(request) {
      const inline = isSmall(request) ? scanInline(request) : null;
      if (inline !== null) await turns(inline.work);
      return inline?.scan ?? (await scanOnThread(pool, request));
    },
    close: async () => await pool.close({ force: true }),
  };
}

function isSmall(request: ContentRequest): boolean {
  return sizeOf(request) <= MAX_INLINE_BYTES && !isContainer(request);
}

function sizeOf({ content }: ContentRequest): number {
  if (content.kind === "whole") return content.bytes.length;
  return content.hunks.reduce((sum, hunk) => sum + hunk.text.length, 0);
}

/** What was found, if that took little work; null for a thread to find it. */
function scanInline(request: ContentRequest): { readonly scan: ContentScan | null; readonly work: number } {
  const work = { hits: 0, read: 0 };
  const scan = scanPlain(request, { work, budget: MAX_INLINE_WORK });
  const done = work.hits + work.read + sizeOf(request) / SEARCHED_PER_WORK;
  return { scan: scan.isOverBudget ? null : scan, work: done };
}

async function scanOnThread(
  pool: Piscina<ContentRequest, ContentScan>,
  request: ContentRequest,
): Promise<ContentScan> {
  const owned = await copyOf(request);
  const transferList = buffersOf(owned);
  try {
    return await pool.run(owned, { transferList });
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    const path = request.path === null ? null : redactText(request.path);
    const detail = "searching it needs more memory than one file is given";
    const gap = gapOf({ reason: "too_large", path, detail });
    return { findings: [], gaps: [gap], unopened: [], needsWhole: false, isOverBudget: true };
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

/** A copy that the thread can take over: the caller's bytes may be part of a buffer that others use. */
async function copyOf(request: ContentRequest): Promise<ContentRequest> {
  const { content } = request;
  const copyHunks = async (hunks: readonly Hunk[], whole: Uint8Array | null): Promise<Hunk[]> => {
    const copies: Hunk[] = [];
    for (const { newStart, text, added } of hunks) {
      // Of a file that comes whole, only the places of its hunks are looked at.
      copies.push({ newStart, text: whole === null ? await copied(text) : new Uint8Array(0), added });
    }
    return copies;
  };
  if (content.kind === "hunks") {
    return { ...request, content: { kind: "hunks", hunks: await copyHunks(content.hunks, null) } };
  }
  const { bytes, hunks } = content;
  const placesOnly = hunks === null ? null : await copyHunks(hunks, bytes);
  return { ...request, content: { kind: "whole", bytes: await copied(bytes), hunks: placesOnly } };
}

async function copied(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += COPY) {
    if (at > 0) await turn();
    copy.set(bytes.subarray(at, at + COPY), at);
  }
  return copy;
}

function buffersOf({ content }: ContentRequest): ArrayBuffer[] {
  const arrays = content.kind === "whole" ? [content.bytes] : content.hunks.map((hunk) => hunk.text);
  return arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

/** Lets others have the event loop once enough was done since they last had it. */
function createTurns(): (work: number) => Promise<void> {
  let done = 0;
  return async (work) => {
    done += work;
    if (done < MAX_WORK_PER_TURN) return;
    done = 0;
    await turn();
  };
}
