/** Where progress is shown: a terminal, or nowhere. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface Progress {
  update(files: number, bytes: number): void;
  /** Removes the line. */
  clear(): void;
}

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 200;
/** To the start of the line, and erase it: ECMA-48, CR and EL. */
const ERASE = "\r\u001b[2K";

/** Counts along during long work, on a terminal only. */
export function createProgress(stream: ProgressStream, now: () => number): Progress {
  let next = now() + FIRST_AFTER_MS;
  let shown = false;
  return {
    update(files, bytes) {
      if (stream.isTTY !== true) return;

      const time = now();
      if (time < next) return;

      next = time + EVERY_MS;
      shown = true;
      stream.write(`${ERASE}Reading: ${files.toLocaleString("en-US")} files, ${(bytes / 1e6).toFixed(0)} MB`);
    },
    clear() {
      if (shown) {
        stream.write(ERASE);
        shown = false;
      }
    },
  };
}
