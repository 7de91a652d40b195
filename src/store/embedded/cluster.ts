/**
 * The folder of the embedded database: created once, and refused if another version created it. It is initialized under
 * another name and renamed when complete, so a killed first start leaves nothing that looks like a database.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hasCode, StoreError } from "../store-error.ts";
import type { Account } from "./account.ts";
import { MAJOR_VERSION } from "./binaries.ts";
import type { Binaries } from "./binaries.ts";
import { folderError } from "./folder-error.ts";

const run = promisify(execFile);

export const DATABASE_USER = "rollcall";

/** A first start takes about a second; a slow disk more. */
const INITIALIZE_MS = 120_000;

/**
 * Makes the database in `folder`/data if there is none.
 *
 * @param directory the data folder, for messages
 * @returns the password of the database's only user
 * @throws StoreError `other_database_version`, `data_folder_unusable`
 */
export async function prepareCluster(
  directory: string,
  folder: string,
  binaries: Binaries,
  account: Account | null,
): Promise<string> {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const version = await versionOf(data);
  if (version === null) {
    await refuseFormerDatabase(directory);
    return initialize(directory, folder, binaries, account);
  }
  if (version !== MAJOR_VERSION) {
    throw new StoreError(
      "other_database_version",
      `The database in "${data}" was made by PostgreSQL ${version}; this version of Rollcall brings PostgreSQL ${MAJOR_VERSION} and cannot read it. Start the version of Rollcall that made it, or move the folder away to begin with an empty database: open issues are found again.`,
    );
  }
  return readFile(passwordFile, "utf8").catch((cause: unknown) => {
    throw new StoreError(
      "data_folder_unusable",
      `"${passwordFile}" is missing or unreadable. Restore it from the same backup as the database.`,
      { cause },
    );
  });
}

/** The content of PG_VERSION; null if there is no database, empty if it is damaged. */
async function versionOf(data: string): Promise<string | null> {
  try {
    return (await readFile(join(data, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    const present = await stat(data).then(
      () => true,
      () => false,
    );
    if (present) throw new StoreError("data_folder_unusable", damaged(data), { cause: error });
    return null;
  }
}

function damaged(data: string): string {
  return `"${data}" is not a whole database: PG_VERSION is missing. Restore the folder from a copy, or move it away to begin with an empty one.`;
}

async function refuseFormerDatabase(directory: string): Promise<void> {
  const former = join(directory, "database");
  const version = await readFile(join(former, "PG_VERSION"), "utf8").catch(() => null);
  if (version === null) return;
  throw new StoreError(
    "other_database_version",
    `"${former}" is the database of Rollcall 0.1, which this version cannot read. Move that folder away and start again: the record begins empty, and open issues are found again.`,
  );
}

async function initialize(
  directory: string,
  folder: string,
  binaries: Binaries,
  account: Account | null,
): Promise<string> {
  const draft = join(folder, "initializing");
  const data = join(draft, "data");
  const password = randomBytes(32).toString("base64url");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await writeFile(join(folder, "password"), password, { mode: 0o600 });
  if (account !== null) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);

  const settings = [
    `--pgdata=${data}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    // A random password of 256 bits does not need a slow hash.
    "--set=scram_iterations=1",
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
  ];
  try {
    await run(binaries.initdb, settings, {
      cwd: draft,
      env: binaries.environment,
      timeout: INITIALIZE_MS,
      ...account,
    });
  } catch (cause) {
    throw folderError(directory, cause, cause instanceof Error ? textOf(cause) : "");
  }
  await rename(data, join(folder, "data"));
  await rm(draft, { recursive: true, force: true });
  return password;
}

/** The standard error of a failed program. */
function textOf(error: Error): string {
  return "stderr" in error && typeof error.stderr === "string" ? error.stderr : "";
}
