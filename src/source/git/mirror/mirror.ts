/**
 * One mirror on disk: its folders, its leftovers, and the environments in which git fetches into it and reads from it.
 * Nothing secret is ever on disk: URL and token come with the environment of one call.
 */
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { gitEnvironment } from "../process/git-environment.ts";

/** Name under which a fetch knows its remote. The URL is not on disk: it comes with the environment. */
export const REMOTE = "rollcall";
/** Tips that were fetched; they tell the remote what is here already. */
const TIPS = join("refs", "rollcall");
const KEPT_TIPS = 64;
const EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
/** Milliseconds after which a scratch directory has no owner any more. */
const STALE_SCRATCH = 3_600_000;

/**
 * One bare repository on disk, seen through two git directories over the same objects:
 *
 * - the mirror itself fetches. It knows of its remote that it is a promisor, as a partial clone must.
 * - `reader` reads. It has no remote, no refs and no record of what is shallow, so a missing object is an error
 *   and never a fetch, and a commit's parents are those that the commit names. No protocol is allowed to it
 *   either. This holds for every git; `GIT_NO_LAZY_FETCH` is known to 2.45 and newer only.
 */
export class Mirror {
  readonly path: string;
  readonly #inherited: Readonly<Record<string, string | undefined>>;

  constructor(path: string, inherited: Readonly<Record<string, string | undefined>>) {
    this.path = path;
    this.#inherited = inherited;
  }

  get objects(): string {
    return join(this.path, "objects");
  }

  async exists(): Promise<boolean> {
    return await isThere(join(this.path, "reader", "HEAD"));
  }

  /** Creates missing parts, and removes leftovers of a killed process. Call with the lock held. */
  async create(): Promise<void> {
    const reader = join(this.path, "reader");
    // Pushed keys are in it.
    await mkdir(join(this.path, TIPS), { recursive: true, mode: 0o700 });
    await mkdir(join(this.path, "objects", "pack"), { recursive: true });
    await mkdir(join(reader, "refs"), { recursive: true });
    await mkdir(join(this.path, "scratch"), { recursive: true });
    await writeAtomically(
      join(this.path, "config"),
      `[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialClone = ${REMOTE}\n` +
        `[remote "${REMOTE}"]\n\tpromisor = true\n\tpartialclonefilter = blob:none\n`,
    );
    await writeAtomically(join(reader, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
    // An unborn branch: HEAD must name no tree whose .gitattributes would count.
    await writeAtomically(join(this.path, "HEAD"), "ref: refs/heads/none\n");
    await writeAtomically(join(reader, "HEAD"), "ref: refs/heads/none\n");
    await this.#writeEmptyBlob();
    await this.removeLeftovers();
    await this.touch();
  }

  /** Nobody asks a remote for the empty blob, and git wants to read it when it looks for renames. */
  async #writeEmptyBlob(): Promise<void> {
    const folder = join(this.objects, EMPTY_BLOB.slice(0, 2));
    await mkdir(folder, { recursive: true });
    const path = join(folder, EMPTY_BLOB.slice(2));
    if (!(await isThere(path))) await writeAtomically(path, deflateSync("blob 0\0"));
  }

  /** Removes locks and half-written packs. Call with the lock held. */
  async removeLeftovers(): Promise<void> {
    const names = await readdir(this.path);
    const locks = names.filter((name) => name.endsWith(".lock")).map((name) => join(this.path, name));
    const packs = (await readdir(join(this.path, "objects", "pack")))
      .filter((name) => name.startsWith("tmp_"))
      .map((name) => join(this.path, "objects", "pack", name));
    for (const path of [...locks, ...packs]) await rm(path, { force: true });
    const scratch = join(this.path, "scratch");
    for (const name of await readdir(scratch)) {
      // A younger one may belong to a reader at work: readers hold no lock.
      const time = await stat(join(scratch, name)).then(
        (entry) => entry.mtimeMs,
        () => Number.POSITIVE_INFINITY,
      );
      if (Date.now() - time > STALE_SCRATCH) await rm(join(scratch, name), { recursive: true, force: true });
    }
  }

  /** Marks the mirror as just used. */
  async touch(): Promise<void> {
    const now = new Date();
    await writeFile(join(this.path, "used"), "", { flag: "a" }).catch(() => null);
    await utimes(join(this.path, "used"), now, now).catch(() => null);
  }

  /** Bytes of packs, finished or arriving. */
  async packBytes(): Promise<number> {
    return await directoryBytes(join(this.path, "objects", "pack"));
  }

  /** Number of packs: each fetch adds one, and every look-up may have to ask all. */
  async packs(): Promise<number> {
    const names = await readdir(join(this.path, "objects", "pack")).catch(() => []);
    return names.filter((name) => name.endsWith(".pack")).length;
  }

  /** Deletes the mirror, at once for everybody who opens it from now on. */
  async remove(): Promise<void> {
    const grave = join(dirname(this.path), `.removed-${randomUUID()}`);
    await rename(this.path, grave).catch(() => null);
    await rm(grave, { recursive: true, force: true });
  }

  /** Forgets all but the newest tips: each costs a line in every negotiation. */
  async trimTips(): Promise<void> {
    const directory = join(this.path, TIPS);
    const names = await readdir(directory);
    if (names.length <= KEPT_TIPS) return;
    const dated = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs })),
    );
    dated.sort((a, b) => b.time - a.time);
    for (const { name } of dated.slice(KEPT_TIPS)) await rm(join(directory, name), { force: true });
  }

  readingEnvironment(): Record<string, string> {
    return gitEnvironment({
      inherited: this.#inherited,
      gitDirectory: join(this.path, "reader"),
      objects: this.objects,
    });
  }

  /** Reads the mirror's objects and writes new ones to `scratch`, a directory of the caller. */
  scratchEnvironment(scratch: string): Record<string, string> {
    return gitEnvironment({
      inherited: this.#inherited,
      gitDirectory: join(this.path, "reader"),
      objects: scratch,
      alternates: this.objects,
    });
  }

  fetchingEnvironment(
    protocols: readonly string[],
    settings: readonly (readonly [string, string])[],
  ): Record<string, string> {
    return gitEnvironment({ inherited: this.#inherited, gitDirectory: this.path, protocols, settings });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Bytes of all files below a directory; files that vanish meanwhile do not count. */
export async function directoryBytes(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      (file) => file.size,
      () => 0,
    );
  }
  return bytes;
}

async function writeAtomically(path: string, text: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
