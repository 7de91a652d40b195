/** Folders of objects that a repository borrows from others (gitrepository-layout, `objects/info/alternates`). */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Git follows alternates of alternates no further. */
const MAX_ALTERNATES = 5;

/** A repository's folder of objects and those that it borrows from; null for what only git can read. */
export function objectFolders(start: string): readonly string[] | null {
  const folders = [start];
  let level: readonly string[] = [start];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_ALTERNATES) return null;
    const next: string[] = [];
    for (const folder of level) {
      const file = join(folder, "info", "alternates");
      const lines = existsSync(file) ? readFileSync(file, "latin1").split("\n") : [];
      for (const line of lines) {
        if (line === "" || line.startsWith("#")) continue;
        // Quoted, or not plain text.
        if (!/^[\x20\x21\x23-\x7e]+$/.test(line)) return null;
        const other = resolve(folder, line);
        if (!folders.includes(other)) next.push(other);
        folders.push(other);
      }
    }
    level = next;
  }
  return [...new Set(folders)];
}
