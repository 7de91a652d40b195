/** Looks at git and at the data folder: whether it can be written, who may read it, how much room is left. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, rmdir, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { FolderFacts, GitFacts } from "../diagnosis/index.ts";

const run = promisify(execFile);

const GIT_MS = 10_000;

/** @param path the PATH on which git is looked for */
export async function lookAtGit(path: string | undefined): Promise<GitFacts> {
  try {
    const env = { PATH: path ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };
    const { stdout } = await run("git", ["version"], { env, timeout: GIT_MS });
    const version = /^git version (\d+\.\d+(?:\.\d+)*)/.exec(stdout)?.[1];
    return version === undefined ? { kind: "failed" } : { kind: "found", version };
  } catch (error) {
    return { kind: codeOf(error) === "ENOENT" ? "missing" : "failed" };
  }
}

/** A block of a file system, so a full disk shows. */
const TRIAL = Buffer.alloc(64 * 1024);

/** @param directory where relative paths begin */
export async function lookAtFolder(path: string, directory: string): Promise<FolderFacts> {
  const folder = resolve(directory, path);
  const existing = await nearest(folder);
  const space = await statfs(existing).catch(() => null);
  const known = space !== null && space.blocks > 0;
  return {
    path,
    exists: existing === folder,
    writeError: existing === folder ? await writeInto(folder) : await makeIn(existing),
    openFolders: await openOf(folder),
    freeBytes: known ? space.bavail * space.bsize : null,
    // Some file systems have no number of files.
    freeFiles: known && space.files > 0 ? space.ffree : null,
  };
}

async function nearest(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path).catch(() => null);
    if (found !== null || path === dirname(path)) return path;
  }
}

async function writeInto(folder: string): Promise<string | null> {
  const trial = join(folder, `.doctor-${process.pid}`);
  try {
    await writeFile(trial, TRIAL, { flag: "wx", mode: 0o600 });
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

async function makeIn(folder: string): Promise<string | null> {
  try {
    await rmdir(await mkdtemp(join(folder, ".rollcall-doctor-")));
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** Those with pushed keys in them: the mirrors as files, the database as names and paths. */
async function openOf(folder: string): Promise<string[]> {
  if (process.platform === "win32") return [];
  const open: string[] = [];
  // Where nobody else may pass through the folder, what is in it does not matter.
  if (((await modeOf(folder)) & 0o011) === 0) return open;
  for (const name of ["mirrors", "postgresql"]) {
    const path = join(folder, name);
    // The right to pass through is needed where the server runs as another user.
    if (((await modeOf(path)) & 0o066) !== 0) open.push(path);
  }
  return open;
}

/** 0 if there is nothing. */
async function modeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mode }) => mode,
    () => 0,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}
