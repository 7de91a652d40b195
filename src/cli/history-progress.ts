import type { HistoryProgress } from "../scan/index.ts";
import type { ProgressStream } from "./progress.ts";

/** The line that shows how far the reading of a history came. */
export interface HistoryProgressLine {
  update(progress: HistoryProgress): void;
  /** Removes the line. */
  clear(): void;
}

const EVERY_MS = 200;
/** The rate before that is no use: processes are starting. */
const FIRST_RATE_MS = 1000;
const ERASE = "\r\u001b[2K";
const BAR = 20;

/** On a terminal only. */
export function createHistoryProgress(stream: ProgressStream, now: () => number): HistoryProgressLine {
  let started: number | null = null;
  let next = -Infinity;
  let shown = false;
  return {
    update(progress) {
      if (stream.isTTY !== true) return;

      const time = now();
      if (progress.step === "reading") {
        started ??= time;
        if (time < next) return;
      }
      next = time + EVERY_MS;
      shown = true;
      stream.write(`${ERASE}${words(progress, time - (started ?? time))}`);
    },
    clear() {
      if (shown) stream.write(ERASE);
      shown = false;
    },
  };
}

function words(progress: HistoryProgress, elapsed: number): string {
  switch (progress.step) {
    case "listing":
      return "Listing the objects…";
    case "placing":
      return "Looking up the commits…";
    case "reading": {
      const { share, bytes } = progress;
      const filled = Math.round(BAR * share);
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
      const read = `${bar} ${Math.floor(100 * share)} %  ${(bytes / 1e6).toFixed(0)} MB`;
      if (elapsed < FIRST_RATE_MS || share === 0) return read;

      const rate = bytes / 1e6 / (elapsed / 1000);
      return `${read}, ${rate.toFixed(0)} MB/s, ${timeLeft((elapsed / share) * (1 - share))} left`;
    }
  }
}

function timeLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
