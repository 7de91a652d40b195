/**
 * Searches content on a pool of threads, so a stranger's file cannot block the thread that answers webhooks. Small content
 * that takes little work is searched at once, because handing it over would cost more. If a thread runs out of memory, its
 * file becomes a gap and the process goes on. Limits are counted, never timed.
 */
import { availableParallelism } from "node:os";
import { setImmediate as turn } from "node:timers/promises";
import { Piscina } from "piscina";
import { gapOf, Secret } from "../../domain/index.ts";
import { NO_MEASURES } from "../../measure/index.ts";
import type { Measures } from "../../measure/index.ts";
import { noWork, redactText } from "../../detect/index.ts";
import type { ContentRequest, ContentScan, ScanContent } from "./content.ts";
import type { FindKey, KeyParts, KeyRequest } from "./key-in-content.ts";
import { isContainer, scanPlain } from "./scan-content.ts";
import { buffersOf, toWire } from "./wire.ts";
import type { WireRequest } from "./wire.ts";

/** The calling thread first tries content up to this many bytes. */
const MAX_INLINE_BYTES = 64 * 1024;
/** Work that the calling thread does for one content, a few milliseconds. Content that takes more starts over on a thread. */
const MAX_INLINE_WORK = 8 * 1024;
/** Work between two turns of the event loop; a byte that is only searched counts a hundredth. */
const MAX_WORK_PER_TURN = 16 * 1024;
const SEARCHED_PER_WORK = 100;

/** Heap of one thread. A hostile file of `bench/hostile.ts` needs more than half of it. */
const MAX_THREAD_MB = 512;
const MAX_THREADS = 4;
/** An idle thread ends after this time and frees its memory. */
const IDLE_MS = 30_000;

export interface DetectionPool {
  readonly scanContent: ScanContent;
  readonly findKey: FindKey;
  /** Threads that run, and searches that wait for one. */
  load(): { readonly threads: number; readonly waiting: number };
  /** Ends the threads; their current requests are rejected. */
  close(): Promise<void>;
}

export function createDetectionPool(
  options: {
    readonly threads?: number;
    readonly threadMb?: number;
    readonly worker?: URL;
    readonly measures?: Measures;
  } = {},
): DetectionPool {
  const threads = options.threads ?? Math.max(1, Math.min(MAX_THREADS, availableParallelism() - 1));
  const pool = new Piscina<WireRequest | KeyRequest, ContentScan | KeyParts | null>({
    filename: (options.worker ?? new URL("worker.ts", import.meta.url)).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: options.threadMb ?? MAX_THREAD_MB },
  });
  const { measures = NO_MEASURES } = options;
  const turns = createTurns();
  return {
    async scanContent(request) {
      const inline = isSmall(request) ? scanInline(request) : null;
      if (inline !== null) await turns(inline.work);
      return inline?.scan ?? (await scanOnThread(pool, request, measures));
    },
    findKey: (request) => findOnThread(pool, request),
    load: () => ({ threads: pool.threads.length, waiting: pool.queueSize }),
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

/** The result, if it took little work; null if a thread has to search. */
function scanInline(request: ContentRequest): { readonly scan: ContentScan | null; readonly work: number } {
  const work = noWork();
  const scan = scanPlain(request, { work, budget: MAX_INLINE_WORK });
  const done = work.hits + work.read + sizeOf(request) / SEARCHED_PER_WORK;
  return { scan: scan.isOverBudget ? null : scan, work: done };
}

/** Always on a thread: it is rare, and the file may be a hostile one. */
async function findOnThread(pool: Pool, request: KeyRequest): Promise<Secret | null> {
  const bytes = new Uint8Array(request.bytes);
  try {
    const found = await pool.run({ ...request, bytes }, { transferList: [bytes.buffer] });
    return found !== null && "text" in found ? new Secret(found.text, found.prefix) : null;
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return null;
  }
}

type Pool = Piscina<WireRequest | KeyRequest, ContentScan | KeyParts | null>;

async function scanOnThread(pool: Pool, request: ContentRequest, measures: Measures): Promise<ContentScan> {
  const wire = await toWire(request);
  try {
    const scan = await pool.run(wire, { transferList: buffersOf(wire) });
    if (scan === null || !("findings" in scan)) throw new Error("A thread answered another question.");
    if (scan.isOverBudget) measures.searchCut("work");
    return scan;
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    measures.searchCut("memory");
    const path = request.path === null ? null : redactText(request.path);
    const detail = "searching it needs more memory than one file is given";
    const gap = gapOf({ reason: "too_large", path, detail });
    return { findings: [], gaps: [gap], unopened: [], needsWhole: false, isOverBudget: true };
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

/** Yields to the event loop once enough work was done since the last time. */
function createTurns(): (work: number) => Promise<void> {
  let done = 0;
  return async (work) => {
    done += work;
    if (done < MAX_WORK_PER_TURN) return;
    done = 0;
    await turn();
  };
}
