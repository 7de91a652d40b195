import { Buffer } from "node:buffer";
import { lstatSync, readdirSync } from "node:fs";
import type { Dirent, Stats } from "node:fs";

/** A path for the file system: text, or bytes if the name is not UTF-8. */
export type Location = string | Buffer;

export type Entry = Pick<
  Dirent | Stats,
  "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO" | "isSocket" | "isCharacterDevice" | "isBlockDevice"
>;

/** The entry of a folder that a person named. */
export const FOLDER: Entry = {
  isFile: () => false,
  isDirectory: () => true,
  isSymbolicLink: () => false,
  isFIFO: () => false,
  isSocket: () => false,
  isCharacterDevice: () => false,
  isBlockDevice: () => false,
};

/** One entry of a folder. */
export interface Child {
  readonly name: string;
  readonly location: Location;
  readonly entry: Entry;
}

/** Sorted by name. Reads names as bytes only if some name is not UTF-8, because text is faster. */
export function entriesOf(location: Location): Child[] {
  if (typeof location === "string") {
    const entries = readdirSync(location, { withFileTypes: true });
    if (!entries.some((entry) => entry.name.includes("\uFFFD"))) {
      const folder = location.endsWith("/") ? location : `${location}/`;
      return entries
        .map((entry) => ({ name: entry.name, location: `${folder}${entry.name}`, entry }))
        .sort((left, right) => (left.name < right.name ? -1 : 1));
    }
  }
  const folder = Buffer.concat([Buffer.from(location), Buffer.from("/")]);
  return readdirSync(location, { encoding: "buffer" })
    .sort((left, right) => Buffer.compare(left, right))
    .map((name) => {
      const child = Buffer.concat([folder, name]);
      return { name: name.toString("utf8"), location: child, entry: lstatSync(child) };
    });
}

/** What an entry is that is neither a file, a folder nor a link. */
export function specialWords(entry: Entry): string {
  if (entry.isFIFO()) return "a named pipe";

  if (entry.isSocket()) return "a socket";

  return entry.isCharacterDevice() || entry.isBlockDevice() ? "a device" : "neither a file nor a folder";
}
