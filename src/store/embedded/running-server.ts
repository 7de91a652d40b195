/** Finds the server that another process runs over the data folder, as PostgreSQL itself describes it. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { StoreError } from "../store-error.ts";
import { DATABASE_USER } from "./cluster.ts";
import type { EmbeddedServer } from "./embedded-server.ts";

/** Whether a database was made in the data folder. */
export async function hasCluster(directory: string): Promise<boolean> {
  const version = join(resolve(directory), "postgresql", "data", "PG_VERSION");
  return readFile(version).then(
    () => true,
    () => false,
  );
}

/**
 * How to reach the server of the process that owns the data folder. Lines 4 to 6 of postmaster.pid are its port, the folder
 * of its socket and its address: https://www.postgresql.org/docs/current/storage-file-layout.html
 *
 * @throws StoreError `data_folder_unusable` if there is none, or its files cannot be read
 */
export async function runningServer(directory: string): Promise<EmbeddedServer["connection"]> {
  const folder = join(resolve(directory), "postgresql");
  const read = async (path: string): Promise<string> =>
    readFile(join(folder, path), "utf8").catch((cause: unknown) => {
      throw new StoreError(
        "data_folder_unusable",
        `Cannot read "${join(folder, path)}" of the running Rollcall. Run this command as the user that runs Rollcall.`,
        { cause },
      );
    });
  const [, , , port = "", socketFolder = "", address = ""] = (await read("data/postmaster.pid")).split("\n");
  return {
    host: socketFolder.trim() === "" ? address.trim() : socketFolder.trim(),
    port: Number(port),
    user: DATABASE_USER,
    password: await read("password"),
    database: "postgres",
  };
}
