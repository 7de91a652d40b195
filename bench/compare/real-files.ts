import { readdirSync } from "node:fs";
import { join } from "node:path";

const TEXT = /\.(?:[cm]?[jt]sx?|json|md|css|html|map|ya?ml|txt)$/;

/** Regular files below the folder that look like source text, folder by folder in the order of names. */
export function* textFiles(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* textFiles(path);
    else if (entry.isFile() && TEXT.test(entry.name)) yield path;
  }
}
