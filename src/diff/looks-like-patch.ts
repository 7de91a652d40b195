import { parseHunkHeader } from "./hunk-header.ts";
import { LineSplitter } from "./line-splitter.ts";

/** How much of the beginning is looked at. */
const LOOK_AT = 1024 * 1024;
/** How a patch begins: the first line that is not empty. */
const BEGINNING =
  /^(?:diff --(?:git|cc|combined) |diff -|(?:commit |From )?(?:[0-9a-f]{40}|[0-9a-f]{64})(?: |\r?$)|--- \S|Index: |:[0-7]{6} |@@+ -\d)/;

/**
 * Whether bytes from a person are to be read as a patch: they begin like one and hold a hunk or a file
 * header of git. Text that merely quotes a diff further down is text: read as a patch, its removed lines would
 * go unread.
 */
export function looksLikePatch(bytes: Uint8Array): boolean {
  let begins: boolean | null = null;
  let holds = false;
  const lines = new LineSplitter();
  function take(line: Uint8Array): void {
    if (holds || begins === false) return;
    const text = new TextDecoder("latin1").decode(line.subarray(0, 256));
    if (begins === null) {
      if (text.trim() === "") return;
      begins = BEGINNING.test(text);
    }
    holds = /^diff --(?:git|cc|combined) /.test(text) || parseHunkHeader(line) !== null;
  }
  lines.push(bytes.subarray(0, LOOK_AT), take);
  lines.end(take);
  return begins === true && holds;
}
