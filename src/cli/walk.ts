import type { Buffer } from "node:buffer";
import { readlinkSync, realpathSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { posix, resolve, sep } from "node:path";
import type { Gap } from "../domain/index.ts";
import { errorWords } from "./error-words.ts";
import type { Excluded } from "./exclusion.ts";
import { entriesOf, FOLDER, specialWords } from "./folder-entries.ts";
import type { Entry, Location } from "./folder-entries.ts";

/**
 * Walks the files and folders a person named, and yields one step for everything it meets, including what it cannot
 * read. It reads no content of a file, follows no symbolic link but a named one, and skips nothing but what `--exclude`
 * matches: no `.gitignore`, no hidden files.
 */

/** One thing that a walk met. Files and links in the order of their names, folder by folder. */
export type Step =
  | {
      readonly kind: "file";
      readonly location: Location;
      readonly path: string;
      /** Whether it may be a symbolic link, which it may if the person named it. */
      readonly follow: boolean;
    }
  /** A symbolic link: `target` is its own content; `outside` means that it leads out of every folder walked. */
  | { readonly kind: "link"; readonly path: string; readonly target: Buffer; readonly outside: boolean }
  /** The name of a file, folder or link, once each. */
  | { readonly kind: "name"; readonly path: string; readonly name: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "excluded"; readonly path: string }
  | { readonly kind: "gap"; readonly gap: Gap };

interface Root {
  readonly location: string;
  /** As reported: relative paths without a leading `./`. */
  readonly path: string;
}

/** Synchronous: with a warm cache a promise for each call costs more than the call. */
export function* walk(paths: readonly string[], excluded: Excluded | null): Generator<Step, void> {
  const roots = rootsOf(paths);
  const folders = roots.map((root) => realpathOrNull(root.location)).filter((path) => path !== null);
  for (const root of roots) yield* walkRoot(root, folders, excluded);
}

/** Normalises the roots, and drops those that an earlier or wider root covers: each file is read once. */
function rootsOf(paths: readonly string[]): readonly Root[] {
  const roots = paths.map((path) => {
    const normal = posix.normalize(path);
    return {
      location: path,
      path: normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal,
      absolute: resolve(path),
    };
  });
  return roots.filter((root, index) =>
    roots.every(
      (other, position) =>
        position === index ||
        (other.absolute === root.absolute
          ? position > index
          : !`${root.absolute}${sep}`.startsWith(other.absolute === sep ? sep : `${other.absolute}${sep}`)),
    ),
  );
}

function* walkRoot(root: Root, folders: readonly string[], excluded: Excluded | null): Generator<Step, void> {
  let stats: Stats;
  try {
    stats = statSync(root.location);
  } catch (error) {
    yield gap(root.path, "unreadable", errorWords(error));
    return;
  }
  if (stats.isFile()) {
    yield { kind: "name", path: root.path, name: posix.basename(root.path) };
    yield { kind: "file", location: root.location, path: root.path, follow: true };
  } else if (stats.isDirectory()) {
    yield* walkFolder(root, folders, excluded);
  } else {
    yield gap(root.path, "special_file", `${specialWords(stats)}; use --stdin to read a stream`);
  }
}

interface Pending {
  readonly location: Location;
  readonly path: string;
  readonly fromRoot: string;
  readonly entry: Entry;
}

/** Depth first, with its own stack: deep folders do not exhaust the call stack. */
function* walkFolder(
  root: Root,
  folders: readonly string[],
  excluded: Excluded | null,
): Generator<Step, void> {
  const stack: Pending[] = [
    { location: root.location, path: root.path === "." ? "" : root.path, fromRoot: "", entry: FOLDER },
  ];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { location, path, fromRoot, entry } = next;
    if (fromRoot !== "") {
      if (excluded?.(path, fromRoot) === true) {
        yield { kind: "excluded", path };
        continue;
      }
      yield { kind: "name", path, name: fromRoot.slice(fromRoot.lastIndexOf("/") + 1) };
    }
    if (entry.isFile()) {
      yield { kind: "file", location, path, follow: false };
    } else if (entry.isDirectory()) {
      yield { kind: "folder", path };
      try {
        for (const child of entriesOf(location).reverse()) {
          stack.push({
            location: child.location,
            path: path === "" || path === "/" ? `${path}${child.name}` : `${path}/${child.name}`,
            fromRoot: fromRoot === "" ? child.name : `${fromRoot}/${child.name}`,
            entry: child.entry,
          });
        }
      } catch (error) {
        yield gap(path, "unreadable", `folder: ${errorWords(error)}`);
      }
    } else if (entry.isSymbolicLink()) {
      yield linkStep(location, path, folders);
    } else {
      yield gap(path, "special_file", specialWords(entry));
    }
  }
}

function linkStep(location: Location, path: string, folders: readonly string[]): Step {
  try {
    const target = readlinkSync(location, { encoding: "buffer" });
    const real = realpathOrNull(location);
    const inside =
      real !== null && folders.some((folder) => `${real}/`.startsWith(folder === "/" ? "/" : `${folder}/`));
    return { kind: "link", path, target, outside: !inside };
  } catch (error) {
    return gap(path, "unreadable", `link: ${errorWords(error)}`);
  }
}

function realpathOrNull(location: Location): string | null {
  try {
    return realpathSync(location);
  } catch {
    return null;
  }
}

function gap(path: string, reason: Gap["reason"], detail: string): Step {
  return { kind: "gap", gap: { reason, commit: null, path, detail } };
}
