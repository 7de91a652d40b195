/**
 * Commits and tags, parsed from their raw objects. Signatures and encodings are ignored.
 */
import type { GitObject, ObjectReader } from "./objects.ts";

interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 in UTC, to the second. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export interface Tag {
  readonly sha: string;
  readonly object: string;
  readonly objectType: string;
  readonly name: string;
  readonly tagger: Person;
  readonly message: string;
}

export const ZERO = "0".repeat(40);

export function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

function parsePerson(text: string): Person {
  const match = /^(.*?) ?<(.*)> (-?\d+) [+-]\d+$/s.exec(text);
  const [, name = "", email = "", seconds = "0"] = match ?? [];
  return { name, email, date: dateOf(Number(seconds) * 1000) };
}

interface Headers {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly message: string;
}

function parseHeaders(object: GitObject): Headers {
  const text = object.bytes.toString();
  const end = text.indexOf("\n\n");
  const head = end < 0 ? text : text.slice(0, end);
  const fields = new Map<string, string[]>();
  // A line that begins with a space continues the field before it (signatures).
  for (const line of head.split("\n")) {
    if (line.startsWith(" ")) continue;
    const space = line.indexOf(" ");
    const name = line.slice(0, space);
    fields.set(name, [...(fields.get(name) ?? []), line.slice(space + 1)]);
  }
  return { fields, message: end < 0 ? "" : text.slice(end + 2) };
}

function first(headers: Headers, name: string): string {
  return headers.fields.get(name)?.[0] ?? "";
}

function parseCommit(object: GitObject): Commit {
  const headers = parseHeaders(object);
  return {
    sha: object.oid,
    tree: first(headers, "tree"),
    parents: headers.fields.get("parent") ?? [],
    author: parsePerson(first(headers, "author")),
    committer: parsePerson(first(headers, "committer")),
    // GitHub's answers end a message without the line break that git stores.
    message: headers.message.replace(/\n+$/, ""),
  };
}

/** The commit that a SHA, ref or tag names; null if there is none. */
export async function readCommit(objects: ObjectReader, name: string): Promise<Commit | null> {
  const object = await objects.read(`${name}^{commit}`);
  return object?.type === "commit" ? parseCommit(object) : null;
}

export async function readTag(objects: ObjectReader, sha: string): Promise<Tag | null> {
  const object = await objects.read(sha);
  if (object?.type !== "tag") return null;
  const headers = parseHeaders(object);
  return {
    sha: object.oid,
    object: first(headers, "object"),
    objectType: first(headers, "type"),
    name: first(headers, "tag"),
    tagger: parsePerson(first(headers, "tagger")),
    message: headers.message.trimEnd(),
  };
}

/** Many commits, in the given order. Throws if one is missing. */
export function readCommits(objects: ObjectReader, shas: readonly string[]): Promise<Commit[]> {
  return Promise.all(
    shas.map(async (sha) => {
      const commit = await readCommit(objects, sha);
      if (commit === null) throw new Error(`Commit ${sha} is missing.`);
      return commit;
    }),
  );
}
