import { createBatchPool } from "./batch-pool.ts";
import type { BatchPool } from "./batch-pool.ts";
import { redactedPath } from "./collector.ts";
import type { Collected, Collector } from "./collector.ts";
import type { Progress } from "./progress.ts";
import { scanBatch } from "./scan-batch.ts";
import { walk } from "./walk.ts";
import type { Step } from "./walk.ts";

/** Files in one batch: few enough to share work out evenly, many enough that sending them costs nothing. */
const BATCH_FILES = 48;
/** After so long other threads are started: to start them takes about as long. */
const ALONE_MS = 600;
/** Paths that a note names; the rest is counted. */
const NAMED = 5;

/**
 * Reads files and folders, in the order of their names, whatever thread reads them. Memory does not grow with their
 * number or size.
 *
 * @returns notes on what such a scan does not look into
 */
export async function scanFiles(
  paths: readonly string[],
  exclude: readonly string[],
  collector: Collector,
  progress: Progress,
  milliseconds: () => number,
): Promise<readonly string[]> {
  const notes = new Notes();
  const start = milliseconds();
  const { wanted } = collector;
  let pool: BatchPool | null = null;
  const pending: Promise<Collected>[] = [];
  const take = async (): Promise<void> => {
    const collected = await pending.shift();
    if (collected !== undefined) {
      collector.merge(collected);
      progress.update(collector.files, collector.bytes);
    }
  };
  try {
    for (const steps of batches(walk(paths, exclude), notes)) {
      if (pool === null && milliseconds() - start < ALONE_MS) {
        collector.merge(scanBatch({ steps, wanted }));
        progress.update(collector.files, collector.bytes);
        continue;
      }
      pool ??= createBatchPool();
      while (!pool.free) {
        await take();
      }
      pending.push(pool.scan({ steps, wanted }));
    }
    while (pending.length > 0) {
      await take();
    }
  } finally {
    await pool?.close();
  }
  return notes.sentences();
}

function* batches(steps: Iterable<Step>, notes: Notes): Generator<readonly Step[]> {
  let batch: Step[] = [];
  let files = 0;
  for (const step of steps) {
    notes.take(step);
    batch.push(step);
    files += step.kind === "file" ? 1 : 0;
    if (files === BATCH_FILES) {
      yield batch;
      batch = [];
      files = 0;
    }
  }
  yield batch;
}

/** What the scan by its nature does not look into, and where. */
class Notes {
  readonly #outsideLinks: string[] = [];
  readonly #repositories: string[] = [];
  readonly #excluded: string[] = [];

  take(step: Step): void {
    if (step.kind === "link" && step.outside) {
      this.#outsideLinks.push(step.path);
    } else if (step.kind === "folder" && (step.path === ".git" || step.path.endsWith("/.git"))) {
      this.#repositories.push(step.path);
    } else if (step.kind === "excluded") {
      this.#excluded.push(step.path);
    }
  }

  sentences(): readonly string[] {
    return [
      ...note(
        this.#outsideLinks,
        "symbolic link leads",
        "symbolic links lead",
        "out of what was scanned, or nowhere; not followed",
      ),
      ...note(this.#excluded, "path was", "paths were", "left out by --exclude"),
      ...note(
        this.#repositories,
        "git folder was",
        "git folders were",
        "read as plain files; the history packed in there is compressed and was not searched",
      ),
    ];
  }
}

function note(paths: readonly string[], one: string, many: string, words: string): readonly string[] {
  if (paths.length === 0) {
    return [];
  }
  const named = paths.slice(0, NAMED).map(redactedPath).join(", ");
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return [`${paths.length} ${paths.length === 1 ? one : many} ${words}: ${named}${more}`];
}
