import { statSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new temporary folder that every user may pass through: run by root, the database's server is another user. */
export async function openFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await chmod(folder, 0o711);
  return folder;
}

/** Who may do what with a file or folder, in octal: `700`. */
export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
