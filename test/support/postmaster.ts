import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Number of the database server that runs over a data folder; null where none does. */
export async function postmasterOf(dataDirectory: string): Promise<number | null> {
  const path = join(dataDirectory, "postgresql/data/postmaster.pid");
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : Number(text.split("\n")[0]);
}

/** Kills the database server over a data folder, such as one that a killed process left. */
export async function killPostmaster(dataDirectory: string): Promise<void> {
  const pid = await postmasterOf(dataDirectory);
  try {
    if (pid !== null) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
