import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "./account.ts";

/** The path of a socket may have 104 bytes on macOS and 108 on Linux, including the zero at its end. */
const MAX_SOCKET_PATH_BYTES = 100;

const PREFIX = "rollcall-socket-";

/** PostgreSQL puts the port into the name of its socket even if no port is used. */
export const SOCKET_PORT = 5432;

/**
 * A folder that only this process and the server may enter, with a path short enough for a socket: in the database's
 * folder, or in the temporary folder if that path is too long or its file system has no sockets.
 */
export async function makeSocketFolder(folder: string, account: Account | null): Promise<string> {
  const inside = join(folder, "socket");
  await rm(inside, { recursive: true, force: true });
  if (Buffer.byteLength(join(inside, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_SOCKET_PATH_BYTES) {
    await mkdir(inside, { mode: 0o700 });
    if (await takesSockets(inside)) return give(inside, account);
    await rm(inside, { recursive: true, force: true });
  }
  return give(await mkdtemp(join(tmpdir(), PREFIX)), account);
}

/** Removes the folder that a server used, if `makeSocketFolder` made it. */
export async function removeSocketFolder(path: string): Promise<void> {
  if (path.endsWith("/socket") || path.includes(`/${PREFIX}`))
    await rm(path, { recursive: true, force: true });
}

async function give(path: string, account: Account | null): Promise<string> {
  await chmod(path, 0o700);
  if (account !== null) await chown(path, account.uid, account.gid);
  return path;
}

async function takesSockets(path: string): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once("error", () => resolve(false));
  server.listen(join(path, "try"), () => server.close(() => resolve(true)));
  return promise;
}
