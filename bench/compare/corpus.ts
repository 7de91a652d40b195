import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HARMLESS } from "./harmless.ts";
import { createRandom } from "../../fixtures/keys.ts";
import type { Random } from "../../fixtures/keys.ts";
import { FORMS } from "./leaks.ts";
import { PACKED } from "./packed.ts";

/** Files of one row of the table. */
export interface Row {
  readonly sort: "leak" | "harmless";
  readonly group: string;
  readonly name: string;
  /** Folder of its files, relative to the corpus. */
  readonly folder: string;
  /** The key in each of its files, by absolute path; empty for harmless rows. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Files a row: enough that one more or less does not change the picture. */
export const FILES_A_ROW = 50;

/** Writes the corpus, the same for every run: one file a case, in one folder a row. */
export function writeCorpus(root: string, filesARow = FILES_A_ROW): readonly Row[] {
  const rows = [
    ...[...FORMS, ...PACKED].map((form) => ({ ...form, sort: "leak" as const })),
    ...HARMLESS.map(({ write, ...row }) => ({
      ...row,
      sort: "harmless" as const,
      write: (source: Random) => ({ key: null, content: write(source) }),
    })),
  ];
  return rows.map(({ sort, group, name, file, write }, index) => {
    // The folder's name tells a scanner nothing about what is in it.
    const folder = `r${String(index).padStart(3, "0")}`;
    const keys = new Map<string, string>();
    for (let number = 0; number < filesARow; number += 1) {
      const path = join(root, folder, String(number).padStart(2, "0"), file);
      const { key, content } = write(createRandom(index * 1000 + number));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      if (key !== null) keys.set(path, key);
    }
    return { sort, group, name, folder, keys };
  });
}
