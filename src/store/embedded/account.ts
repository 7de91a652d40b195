import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** PostgreSQL refuses to run as root, so a process that runs as root starts it under this user and group. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/**
 * The account that the server runs under: null means this process's own. If the process runs as root, it is the owner of
 * the first of `folders` that root does not own, otherwise the system's `nobody`.
 *
 * @param folders the database's folder and the folders around it, innermost first; some may not exist yet
 */
export async function serverAccount(folders: readonly string[]): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const folder of folders) {
    const owner = await stat(folder).catch(() => null);
    if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const passwords = await readFile("/etc/passwd", "utf8").catch(() => "");
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwords) ?? [];
  return uid === undefined || gid === undefined ? NOBODY : { uid: Number(uid), gid: Number(gid) };
}

/** The outermost folder on the way to `path`, or `path` itself, that the account may not enter; null if there is none. */
export async function unreachableFolder(path: string, account: Account): Promise<string | null> {
  const parent = dirname(path);
  const outer = parent === path ? null : await unreachableFolder(parent, account);
  if (outer !== null) return outer;
  const { mode, uid, gid } = await stat(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & 1) === 1 ? null : path;
}
