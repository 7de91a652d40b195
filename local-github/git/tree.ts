import type { GitAt } from "./history.ts";
import { git } from "./process.ts";

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly oid: string;
  /** Size of a blob in bytes; 0 for anything else. */
  readonly size: number;
  readonly path: string;
}

/** The entry at a path of a commit. With a trailing slash: the entries of that directory; with "": of the root. */
export async function listTree(at: GitAt, commit: string, path: string): Promise<TreeEntry[]> {
  const args = ["--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", commit];
  const { output } = await git(at.configuration, at.path, path === "" ? args : [...args, "--", path]);
  return output
    .toString()
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", type = "", oid = "", size = ""] = line.slice(0, tab).split(/ +/);
      const known = type === "tree" || type === "commit" ? type : "blob";
      return { mode, type: known, oid, size: size === "-" ? 0 : Number(size), path: line.slice(tab + 1) };
    });
}
