/** Why a call of the file system failed, in words without a path: the report shows paths redacted. */
export function errorWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ELOOP":
      return "too many symbolic links";
    case "ENAMETOOLONG":
      return "the path is too long for the system";
    case "EMFILE":
    case "ENFILE":
      return "too many open files";
    case "EIO":
      return "the device failed to read it";
    case "EISDIR":
    case "ENXIO":
      return "it is no longer a regular file";
    default:
      return typeof code === "string" ? code : "unknown error";
  }
}
