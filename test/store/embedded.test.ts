import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createLog } from "../../src/server/log.ts";
import { unreachableFolder } from "../../src/store/embedded/account.ts";
import { prepareBinaries } from "../../src/store/embedded/binaries.ts";
import { folderError } from "../../src/store/embedded/folder-error.ts";
import { openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";
import { openFolder } from "../support/folders.ts";
import { killPostmaster, postmasterOf } from "../support/postmaster.ts";

const run = promisify(execFile);

async function aFolder(): Promise<string> {
  const folder = await openFolder("rollcall-embedded-");
  onTestFinished(async () => {
    await killPostmaster(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

function open(directory: string): Promise<Database> {
  return openDatabase({ directory, url: null, log: createLog("silent") });
}

/** A data folder with a database in it, which was closed. */
let made = "";
beforeAll(async () => {
  made = await openFolder("rollcall-made-");
  const database = await open(made);
  await database.script("CREATE TABLE kept (number bigint); INSERT INTO kept VALUES (7)");
  await database.close();
  return () => rm(made, { recursive: true, force: true });
});

/** A copy of it, owners and all. */
async function aMadeFolder(): Promise<string> {
  const folder = await aFolder();
  await run("cp", ["-a", `${made}/.`, folder]);
  return folder;
}

async function kept(database: Database): Promise<unknown> {
  return database.rows(z.unknown(), "SELECT number FROM kept");
}

test("stored data survives a restart, because it is on disk before it is acknowledged", async () => {
  const database = await open(await aMadeFolder());
  expect(await kept(database)).toEqual([{ number: 7 }]);
  const settings = await database.rows(
    z.unknown(),
    "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS tcp",
  );
  expect(settings).toEqual([{ fsync: "on", commit: "on", tcp: "" }]);
  await database.close();
});

test("no other user can read the database, its password or its socket", async () => {
  const folder = await aMadeFolder();
  const database = await open(folder);
  const modes = await Promise.all(
    ["data", "password", "socket"].map(
      async (name) => (await stat(join(folder, "postgresql", name))).mode & 0o077,
    ),
  );
  expect(modes).toEqual([0, 0, 0]);
  await database.close();
});

test("closing ends the server and leaves no socket", async () => {
  const folder = await aMadeFolder();
  const database = await open(folder);
  const pid = (await postmasterOf(folder)) ?? 0;
  await database.close();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  expect(await readdir(join(folder, "postgresql"))).not.toContain("socket");
});

test("a process that ends without closing takes its server along", async () => {
  const folder = await aMadeFolder();
  const program = `
    import { openDatabase } from "./src/store/index.ts";
    import { createLog } from "./src/server/log.ts";
    await openDatabase({ directory: ${JSON.stringify(folder)}, url: null, log: createLog("silent") });
    process.exit(3);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: join(import.meta.dirname, "../.."),
    stdio: "ignore",
  });
  expect(await once(child, "exit")).toEqual([3, null]);
  await expect.poll(() => postmasterOf(folder)).toBeNull();
});

test("a long path has its socket in the temporary folder, and works", async () => {
  const folder = join(await aFolder(), "d".repeat(60), "e".repeat(60));
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await run("cp", ["-a", `${made}/.`, folder]);
  const database = await open(folder);
  const [, , , , sockets = ""] = (
    await readFile(join(folder, "postgresql/data/postmaster.pid"), "utf8")
  ).split("\n");
  expect(sockets.startsWith(tmpdir())).toBe(true);
  expect(await kept(database)).toEqual([{ number: 7 }]);
  await database.close();
  await expect(stat(sockets)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a number in postmaster.pid that another program has now does no harm to that program", async () => {
  const folder = await aMadeFolder();
  const other = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  onTestFinished(() => void other.kill("SIGKILL"));
  await once(other, "spawn");
  await writeFile(
    join(folder, "postgresql/data/postmaster.pid"),
    `${other.pid}\n/elsewhere\n1\n5432\n\n\n\n`,
  );
  const database = await open(folder);
  expect(await kept(database)).toEqual([{ number: 7 }]);
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
  await database.close();
});

test("a first start that was cut short is made again", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "postgresql/initializing/data"), { recursive: true });
  await writeFile(join(folder, "postgresql/initializing/data/half"), "");
  const database = await open(folder);
  expect(await database.rows(z.unknown(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await database.close();
});

test.each([
  ["another major version of PostgreSQL", "postgresql", "postgresql/data", "17\n"],
  ["Rollcall 0.1", "database", "database", "18\n"],
])(
  "a folder of %s is named and left alone; once it is moved away, the start creates a new one",
  async (_name, moved, place, version) => {
    const folder = await aFolder();
    await mkdir(join(folder, place), { recursive: true });
    await writeFile(join(folder, place, "PG_VERSION"), version);
    await expect(open(folder)).rejects.toMatchObject({ code: "other_database_version", retry: "never" });
    await expect(open(folder)).rejects.toThrow(join(folder, place));
    await rename(join(folder, moved), join(folder, "moved-away"));
    await open(folder).then((database) => database.close());
  },
);

test.each([
  ["a damaged file", (data: string) => truncate(join(data, "global/pg_control"), 0)],
  ["a missing version", (data: string) => rm(join(data, "PG_VERSION"))],
  ["a missing password", (data: string) => rm(join(data, "../password"))],
])("a database with %s is said to be so, and the folder is free again", async (_name, damage) => {
  const folder = await aMadeFolder();
  await damage(join(folder, "postgresql/data"));
  const opening = open(folder);
  await expect(opening).rejects.toMatchObject({ name: "StoreError", code: "data_folder_unusable" });
  await expect(opening).rejects.toThrow(/Restore/);
  await expect(readFile(join(folder, "process.lock"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each([
  [{ code: "ENOSPC" }, "", "full disk"],
  [{ code: "EROFS" }, "", "read-only"],
  [{ code: "ENOENT", syscall: "mkdir" }, "", "read-only"],
  [{ code: "EACCES" }, "", "cannot be written to"],
  [{}, "initdb: error: could not write: No space left on device", "full disk"],
  [{}, "initdb: error: could not create directory: Read-only file system", "read-only"],
  [{}, "initdb: error: could not create directory: Permission denied", "cannot be written to"],
  [
    {},
    'postgres: could not access the server configuration file "postgresql.conf": Permission denied',
    "belong to another user",
  ],
  [{}, 'data directory "/data" has wrong ownership', "belong to another user"],
  [
    {},
    "initdb: error: could not look up effective user ID 4711: user does not exist",
    "has no name on this system",
  ],
  [{}, "database files are incompatible with server", "database files are incompatible with server"],
])("an error %o with output %j is told as: %s", (fields, output, words) => {
  const error = folderError("/data", Object.assign(new Error("failed"), fields), output);
  expect(error).toMatchObject({ code: "data_folder_unusable", retry: "never" });
  expect(error.message).toContain(words);
  expect(error.message).toContain('"/data"');
});

test("the programs are copied where the account cannot enter the folder of the package, and run from there", async () => {
  const [folder, closed] = [await aFolder(), await openFolder("rollcall-package-")];
  onTestFinished(() => rm(closed, { recursive: true, force: true }));
  const packaged = join(closed, "package");
  await mkdir(packaged, { mode: 0o700 });
  const here = await prepareBinaries(folder, null);
  await symlink(join(here.postgres, "../../../native"), join(packaged, "native"));
  await writeFile(join(packaged, "package.json"), JSON.stringify({ version: "18.0.0" }));
  const stranger = { uid: 54_321, gid: 54_321 };
  expect(await unreachableFolder(packaged, stranger)).toBe(packaged);
  const copy = await prepareBinaries(folder, stranger, packaged);
  expect(copy.postgres.startsWith(folder)).toBe(true);
  const { stdout } = await run(copy.postgres, ["--version"], { env: copy.environment });
  expect(stdout).toMatch(/^postgres \(PostgreSQL\) 18\./);
  expect(await prepareBinaries(folder, stranger, packaged)).toEqual(copy);
});
