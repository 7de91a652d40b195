import type { Chapter, Shown } from "../chapter.ts";
import type { Life } from "../life.ts";
import type { ShownPast } from "../observe-past.ts";

/** One commit with its check run: of a chapter, or pushed by hand. */
export interface PageEntry extends Shown {
  readonly id: string;
  readonly chapter: Chapter | null;
  readonly differences: readonly string[];
}

/** What the page shows besides the commits: null where there is no such thing. */
export interface PageMore {
  readonly life: Life | null;
  readonly past: ShownPast | null;
}
