import { HunkBuilder } from "./hunk-builder.ts";
import { parseHunkHeader } from "./hunk-header.ts";
import type { Hunk } from "./hunk.ts";
import { LineSplitter } from "./line-splitter.ts";
import { PatchError } from "./patch-error.ts";

const BACKSLASH = 0x5c;

/**
 * The hunks of one file's patch as GitHub's REST answers carry it in `patch`: hunks only, no file header, the
 * last line without its line end. Hunks that only remove lines are left out.
 * @throws PatchError where counts and lines disagree, or where the patch holds anything else.
 */
export function parsePatch(patch: Uint8Array | string): Hunk[] {
  const hunks: Hunk[] = [];
  let builder: HunkBuilder | null = null;
  let number = 0;

  function finish(): void {
    if (builder === null) return;
    if (!builder.complete) throw new PatchError("A hunk ends before its counts are met", number);
    const hunk = builder.finish();
    if (hunk !== null) hunks.push(hunk);
    builder = null;
  }
  function take(line: Uint8Array): void {
    number++;
    if (builder !== null && !builder.complete && builder.add(line)) return;
    if (builder !== null && line[0] === BACKSLASH) {
      builder.endsWithoutNewline();
      return;
    }
    finish();
    const header = parseHunkHeader(line);
    if (header === null) throw new PatchError("A line is outside of every hunk", number);
    builder = new HunkBuilder(header);
  }

  const lines = new LineSplitter();
  lines.push(typeof patch === "string" ? new TextEncoder().encode(patch) : patch, take);
  lines.end(take);
  number++;
  finish();
  return hunks;
}
