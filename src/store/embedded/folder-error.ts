import { hasCode, StoreError } from "../store-error.ts";

/** Why a folder, or a program that uses it, fails: a sentence that names the folder and what to do. */
export function folderError(directory: string, cause: unknown, output = ""): StoreError {
  if (cause instanceof StoreError) return cause;
  const unusable = (message: string): StoreError =>
    new StoreError("data_folder_unusable", `DATA_DIR "${directory}" ${message}`, { cause });
  if (hasCode(cause, "ENOSPC", "EDQUOT") || /No space left|Disk quota/.test(output))
    return unusable("is on a full disk. Make room, then start again.");

  if (hasCode(cause, "EROFS") || output.includes("Read-only file system"))
    return unusable("is read-only. Mount it for writing, or name another folder.");

  // Seen after a restore that did not keep the owners of the files.
  if (/could not access .*Permission denied|has wrong ownership/.test(output)) {
    return unusable(
      "has a database that its server may not read: its files belong to another user. Restore them with their owners, as `tar -xp` and `cp -a` do for root.",
    );
  }

  // Node's error for creating nested folders on a read-only disk.
  if (hasCode(cause, "ENOENT") && "syscall" in cause && cause.syscall === "mkdir")
    return unusable("cannot be made: its disk is read-only. Mount it for writing, or name another folder.");

  if (hasCode(cause, "EACCES", "EPERM", "ENOTDIR", "EEXIST") || output.includes("Permission denied"))
    return unusable("cannot be written to. Name a folder that this user may write.");

  if (output.includes("could not look up effective user ID")) {
    return unusable(
      "cannot get a database: this process's user id has no name on this system, which PostgreSQL needs. Run as a user of /etc/passwd, or set DATABASE_URL.",
    );
  }
  const [last] = output.trim().split("\n").slice(-1);
  return unusable(
    `has a database that does not start${last === undefined || last === "" ? "" : ` (${last})`}. Restore the folder from a copy, or move it away to begin with an empty one.`,
  );
}
