/**
 * Writes secrets to `.env`. The new file is made beside the old one, readable by this user alone from its first byte, and takes
 * its place in one step, so a crash leaves the old one or the new one.
 */
import { randomBytes } from "node:crypto";
import { open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Only the owner reads and writes. */
const PRIVATE = 0o600;

/**
 * Sets variables in the file; other lines stay as they are.
 *
 * @param path may not exist yet; a link is followed
 */
export async function updateEnvFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const target = (await orNull(realpath(path))) ?? path;
  const before = (await orNull(readFile(target, "utf8"))) ?? "";
  const kept = before.split("\n").filter((line) => !Object.hasOwn(variables, nameIn(line)));
  while (kept.at(-1)?.trim() === "") kept.pop();
  const set = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const folder = dirname(target);
  const fresh = join(folder, `.env.${randomBytes(8).toString("hex")}`);
  try {
    const file = await open(fresh, "wx", PRIVATE);
    try {
      await file.writeFile([...kept, ...set, ""].join("\n"));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

function nameIn(line: string): string {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1] ?? "";
}

/** In quotes where lines end in it, as Node, docker compose and Probot read it. */
function quoted(value: string): string {
  return value.includes("\n") ? `"${value.trimEnd().replaceAll("\n", String.raw`\n`)}"` : value;
}

/** Null if there is no such file; any other error is one. */
async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
