/**
 * A mirror with everything that a repository's refs lead to, for reading its whole history. Its refs are what the remote
 * listed, written in one file once their objects are here, so a killed fetch leaves the refs of the one before.
 */
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { gitEnvironment } from "../process/git-environment.ts";
import type { FetchTarget } from "./fetcher.ts";
import type { RefTip } from "./list-refs.ts";
import { directoryBytes, REMOTE } from "./mirror.ts";

/** A name that git's file of refs can hold. */
const NAME = /^refs\/[^\s\p{Cc}~^:?*[\\]+$/u;

export class FullMirror implements FetchTarget {
  readonly path: string;
  readonly #inherited: Readonly<Record<string, string | undefined>>;

  constructor(path: string, inherited: Readonly<Record<string, string | undefined>>) {
    this.path = path;
    this.#inherited = inherited;
  }

  /** Creates missing parts, and removes leftovers of a killed process. */
  async create(idLength: number): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await mkdir(join(this.path, "objects", "pack"), { recursive: true });
    await mkdir(join(this.path, "refs"), { recursive: true });
    const format = idLength === 64 ? "[extensions]\n\tobjectFormat = sha256\n" : "";
    const config = `[core]\n\trepositoryformatversion = 1\n\tbare = true\n${format}[remote "${REMOTE}"]\n`;
    await writeFile(join(this.path, "config"), config);
    if (!(await isThere(join(this.path, "HEAD")))) await this.#writeHead(null);
    await this.removeLeftovers();
    await this.touch();
  }

  async packBytes(): Promise<number> {
    return await directoryBytes(join(this.path, "objects", "pack"));
  }

  /** Number of packs: each fetch adds one, and every look-up may have to ask all. */
  async packs(): Promise<number> {
    const names = await readdir(join(this.path, "objects", "pack")).catch(() => []);
    return names.filter((name) => name.endsWith(".pack")).length;
  }

  async removeLeftovers(): Promise<void> {
    const packs = join(this.path, "objects", "pack");
    for (const name of await readdir(packs))
      if (name.startsWith("tmp_") || name.endsWith(".lock")) await rm(join(packs, name), { force: true });

    for (const name of await readdir(this.path))
      if (name.endsWith(".lock") || name.endsWith(".new")) await rm(join(this.path, name), { force: true });
  }

  /** Makes these the refs of the mirror. */
  async writeRefs(refs: readonly RefTip[], defaultBranch: string): Promise<void> {
    const named = refs.map((ref, index) => ({
      ...ref,
      // Its objects are read all the same.
      name: NAME.test(ref.ref) ? ref.ref : `refs/rollcall/unnamed-${index}`,
    }));
    named.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    const lines = named.map(
      ({ sha, name, peeled }) => `${sha} ${name}\n${peeled === null ? "" : `^${peeled}\n`}`,
    );
    const text = `# pack-refs with: peeled fully-peeled sorted \n${lines.join("")}`;
    const head = `refs/heads/${defaultBranch}`;
    await this.#writeHead(named.some(({ name }) => name === head) ? head : null);
    await this.#write("packed-refs", text);
  }

  /** Marks the mirror as just used. */
  async touch(): Promise<void> {
    const now = new Date();
    await writeFile(join(this.path, "used"), "", { flag: "a" }).catch(() => null);
    await utimes(join(this.path, "used"), now, now).catch(() => null);
  }

  /** Deletes the mirror, at once for everybody who opens it from now on. */
  async remove(): Promise<void> {
    const grave = join(dirname(this.path), `.removed-${randomUUID()}`);
    await rename(this.path, grave).catch(() => null);
    await rm(grave, { recursive: true, force: true });
  }

  fetchingEnvironment(
    protocols: readonly string[],
    settings: readonly (readonly [string, string])[],
  ): Record<string, string> {
    return gitEnvironment({ inherited: this.#inherited, gitDirectory: this.path, protocols, settings });
  }

  /** Where the default branch is unknown, HEAD is on a branch that does not exist. */
  async #writeHead(name: string | null): Promise<void> {
    await this.#write("HEAD", `ref: ${name ?? "refs/heads/none"}\n`);
  }

  async #write(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
