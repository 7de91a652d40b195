import { detect } from "../detect/index.ts";
import type { Unopened } from "../scan/index.ts";
import { lookAhead } from "./ahead.ts";
import { wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import { noteOn, UNOPENED_WORDS } from "./notes.ts";
import type { Progress } from "./progress.ts";
import { createReadBuffers, scanFile } from "./scan-file.ts";
import { walk } from "./walk.ts";
import type { Step } from "./walk.ts";

/**
 * Reads files and folders in the order of their names, small files many at a time. Memory does not grow with their number
 * or size.
 *
 * @returns notes on what such a scan does not read
 */
export async function scanFiles(
  paths: readonly string[],
  exclude: readonly string[],
  collector: Collector,
  progress: Progress,
): Promise<readonly string[]> {
  const notes = new Notes();
  const buffers = createReadBuffers();
  const { batch } = buffers;
  // Loaded when it is needed, with the package that reads globs.
  const excluded = exclude.length === 0 ? null : (await import("./exclusion.ts")).exclusion(exclude);
  const take = (step: Step, cleanSize: number | null): Promise<readonly Unopened[]> | null => {
    notes.take(step);
    switch (step.kind) {
      case "name":
        collector.addNameTo(batch, step.path, step.name);
        return null;
      case "file":
        if (cleanSize === null) return scanFile(step, buffers, collector);
        collector.files += 1;
        collector.bytes += cleanSize;
        return null;
      case "link":
        batch.flush();
        // As git stores a link: its content is its target.
        collector.addDetected(
          detect(step.target, step.path, collector.wanted.now),
          wholeText(step.path, () => [step.target]),
        );
        return null;
      case "gap":
        collector.addGap(step.gap);
        return null;
      case "folder":
      case "excluded":
        return null;
    }
  };
  for await (const steps of lookAhead(walk(paths, excluded))) {
    for (const { step, cleanSize } of steps) {
      const archive = take(step, cleanSize);
      if (archive !== null) notes.takeUnopened(await archive);
      if (step.kind === "file") progress.update(collector.files, collector.bytes);
    }
  }
  batch.flush();
  return notes.sentences();
}

/** Collects what the scan does not read on purpose, and where. */
class Notes {
  readonly #outsideLinks: string[] = [];
  readonly #repositories: string[] = [];
  readonly #excluded: string[] = [];
  readonly #unopened = new Map<Unopened["reason"], string[]>();

  takeUnopened(unopened: readonly Unopened[]): void {
    for (const { reason, path } of unopened)
      this.#unopened.set(reason, [...(this.#unopened.get(reason) ?? []), path]);
  }

  take(step: Step): void {
    if (step.kind === "link" && step.outside) this.#outsideLinks.push(step.path);
    else if (step.kind === "folder" && (step.path === ".git" || step.path.endsWith("/.git")))
      this.#repositories.push(step.path);
    else if (step.kind === "excluded") this.#excluded.push(step.path);
  }

  sentences(): readonly string[] {
    return [
      ...noteOn(
        this.#outsideLinks,
        "symbolic link was not followed: it leads",
        "symbolic links were not followed: they lead",
        "outside the scanned folders, or nowhere",
      ),
      ...noteOn(this.#excluded, "path was", "paths were", "skipped because of --exclude"),
      ...noteOn(
        this.#repositories,
        "git folder was",
        "git folders were",
        "read as plain files; --git searches the history in it",
      ),
      ...[...this.#unopened].flatMap(([reason, paths]) =>
        noteOn(
          paths,
          "archive or compressed file was",
          "archives or compressed files were",
          `searched without being unpacked: ${UNOPENED_WORDS[reason]}`,
        ),
      ),
    ];
  }
}
