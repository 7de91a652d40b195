/**
 * Yields the steps of a walk in their order, with what a first look found about the files. Where there are many files,
 * other threads look at those to come.
 */
import { FirstLook, TO_SCAN } from "./first-look.ts";
import type { LookThreads } from "./look-threads.ts";
import type { Step } from "./walk.ts";

/** Files after which other threads help: to start one costs as much as to read a thousand. */
const MANY_FILES = 2000;
/** Files that are looked at together. */
const PIECE_FILES = 128;
/** Pieces that are waiting to be reported. */
const MAX_PIECES = 64;

/** A step; of a file, its size if there is nothing to report of it. */
export interface SeenStep {
  readonly step: Step;
  readonly cleanSize: number | null;
}

/** Steps with the files among them that can be looked at. */
interface Piece {
  readonly steps: readonly Step[];
  readonly locations: readonly string[];
  /** Number of the request to a thread; null if it is with none. */
  readonly request: number | null;
  sizes: Int32Array | null;
}

/** @param many files after which other threads help */
export async function* lookAhead(
  steps: Iterator<Step, void>,
  many = MANY_FILES,
): AsyncGenerator<readonly SeenStep[], void> {
  for (let files = 0; files < many;) {
    const next = steps.next();
    if (next.done === true) return;
    if (next.value.kind === "file") files++;
    yield [{ step: next.value, cleanSize: null }];
  }
  const { LookThreads } = await import("./look-threads.ts");
  const threads = LookThreads.start();
  if (threads === null) {
    for (let next = steps.next(); next.done !== true; next = steps.next())
      yield [{ step: next.value, cleanSize: null }];
    return;
  }
  try {
    yield* withThreads(steps, threads);
  } finally {
    await threads.close();
  }
}

async function* withThreads(
  steps: Iterator<Step, void>,
  threads: LookThreads,
): AsyncGenerator<readonly SeenStep[], void> {
  const look = new FirstLook();
  const pieces: Piece[] = [];
  for (let isAtEnd = false; ;) {
    // Keep the threads busy first. If this thread would have to wait, it takes a piece itself.
    while (!isAtEnd && pieces.length < MAX_PIECES) {
      const next = nextPiece(steps, threads);
      if (next === null) isAtEnd = true;
      else pieces.push(next);
      if (next !== null && next.request === null) {
        next.sizes = look.sizesOf(next.locations);
        break;
      }
    }
    const [head] = pieces;
    if (head === undefined) return;
    if (head.sizes === null && head.request !== null) {
      let sizes = threads.take(head.request);
      if (sizes === undefined && !isAtEnd && pieces.length < MAX_PIECES) continue;
      if (sizes === undefined) {
        await threads.wait(head.request);
        sizes = threads.take(head.request);
      }
      head.sizes = sizes ?? look.sizesOf(head.locations);
    }
    pieces.shift();
    yield seen(head);
  }
}

/** Null at the end. */
function nextPiece(steps: Iterator<Step, void>, threads: LookThreads): Piece | null {
  const taken: Step[] = [];
  const locations: string[] = [];
  while (locations.length < PIECE_FILES && taken.length < 8 * PIECE_FILES) {
    const next = steps.next();
    if (next.done === true) break;
    taken.push(next.value);
    const location = locationOf(next.value);
    if (location !== null) locations.push(location);
  }
  if (taken.length === 0) return null;
  return { steps: taken, locations, request: threads.ask(locations), sizes: null };
}

/** Of a file that can be looked at. */
function locationOf(step: Step): string | null {
  return step.kind === "file" && !step.follow && typeof step.location === "string" ? step.location : null;
}

function seen({ steps, sizes }: Piece): readonly SeenStep[] {
  let file = 0;
  return steps.map((step) => {
    const size = locationOf(step) === null ? TO_SCAN : (sizes?.[file++] ?? TO_SCAN);
    return { step, cleanSize: size === TO_SCAN ? null : size };
  });
}
