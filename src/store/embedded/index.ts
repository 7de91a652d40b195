/**
 * PostgreSQL as a child process over a data folder: the programs of an npm package, one database created at the first
 * start, a socket that only this process can reach. Nothing here knows the content of the database.
 */
import { chmod, mkdir, stat } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { StoreError } from "../store-error.ts";
import { serverAccount, unreachableFolder } from "./account.ts";
import type { Account } from "./account.ts";
import { prepareBinaries } from "./binaries.ts";
import { DATABASE_USER, prepareCluster } from "./cluster.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import { folderError } from "./folder-error.ts";
import { endOrphan } from "./orphan.ts";
import { startServerProcess } from "./server.ts";
import { makeSocketFolder, removeSocketFolder, SOCKET_PORT } from "./socket-folder.ts";

export type { EmbeddedServer } from "./embedded-server.ts";
export { folderError } from "./folder-error.ts";
export { hasCluster, runningServer } from "./running-server.ts";

export interface EmbeddedOptions {
  /** The data folder, whose lock this process holds. */
  readonly directory: string;
  /** PostgreSQL's settings; they override this program's own. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Logger;
}

/**
 * Starts PostgreSQL over `directory`/postgresql, which is created at the first start.
 *
 * @throws StoreError `data_folder_unusable`, `other_database_version`
 */
export async function startEmbeddedServer({
  directory,
  settings = {},
  log,
}: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = join(resolve(directory), "postgresql");
  const data = join(folder, "data");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const account = await serverAccount([data, folder, resolve(directory)]);
    if (account !== null) await openWay(resolve(directory), folder, account);
    const binaries = await prepareBinaries(folder, account);
    await endOrphan(data, log);
    const password = await prepareCluster(directory, folder, binaries, account);
    const sockets = process.platform === "win32" ? null : await makeSocketFolder(folder, account);
    const at = sockets === null ? { port: await freePort() } : { socketFolder: sockets };
    const server = await startServerProcess({ binaries, account, data, at, settings, log }).catch(
      (cause: unknown) => {
        throw folderError(directory, cause, cause instanceof Error ? cause.message : "");
      },
    );
    return {
      connection: {
        host: sockets ?? "127.0.0.1",
        port: "port" in at ? at.port : SOCKET_PORT,
        user: DATABASE_USER,
        password,
        database: "postgres",
      },
      async stop() {
        await server.stop();
        if (sockets !== null) await removeSocketFolder(sockets);
      },
    };
  } catch (cause) {
    throw folderError(directory, cause);
  }
}

/** Lets the server's account pass through the data folder, without listing it. Folders around it are left alone. */
async function openWay(directory: string, folder: string, account: Account): Promise<void> {
  for (const path of [directory, folder]) {
    const { mode } = await stat(path);
    await chmod(path, (mode & 0o7777) | 0o011);
  }
  const closed = await unreachableFolder(folder, account);
  if (closed === null) return;
  throw new StoreError(
    "data_folder_unusable",
    `PostgreSQL does not run as root, and user ${account.uid} cannot enter "${closed}" on the way to DATA_DIR. Run Rollcall as another user than root, or name a folder that every user can reach, such as /var/lib/rollcall.`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
