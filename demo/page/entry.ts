import type { Chapter, Shown } from "../chapter.ts";

/** One commit with its check run: of a chapter, or pushed by hand. */
export interface PageEntry extends Shown {
  readonly id: string;
  readonly chapter: Chapter | null;
  readonly differences: readonly string[];
}
