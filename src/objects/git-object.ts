/** A commit as its object describes it, which a shallow history does not change. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970 of the committer; 0 where the commit has no readable date. */
  readonly time: number;
  readonly message: string;
  /**
   * Author and committer as the commit spells them, then every other header that a person can write
   * (`mergetag` holds the whole message of a merged tag); signatures are left out.
   */
  readonly people: string;
}

/** Headers without text written by a person. */
const MACHINE_HEADERS: ReadonlySet<string> = new Set([
  "tree",
  "parent",
  "gpgsig",
  "gpgsig-sha256",
  "encoding",
]);

/** Bytes in which the headers of nearly every commit end. */
const MAX_LINKS = 512;
const TREE = "tree ";
const PARENT = "parent ";

export function parseCommit(bytes: Uint8Array): CommitObject {
  const { headers, message } = split(bytes);
  const people = headers.filter(({ name }) => !MACHINE_HEADERS.has(name));
  const committer = headers.find(({ name }) => name === "committer")?.value ?? "";
  return {
    tree: headers.find(({ name }) => name === "tree")?.value ?? "",
    parents: headers.filter(({ name }) => name === "parent").map(({ value }) => value),
    time: Number(/ (\d{1,12}) [-+]\d+$/.exec(committer)?.[1] ?? 0),
    message,
    people: people.map(({ name, value }) => `${name} ${value}`).join("\n"),
  };
}

/** What the graph of a million commits needs. */
export type CommitLinks = Pick<CommitObject, "tree" | "parents" | "time">;

/** Tree, parents and time alone, many times faster. */
export function parseCommitLinks(bytes: Uint8Array): CommitLinks {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString("latin1", 0, MAX_LINKS);
  if (!text.startsWith(TREE)) return linksOf(parseCommit(bytes));
  let at = text.indexOf("\n") + 1;
  // Texts of their own: a slice would keep the whole commit in memory.
  const tree = buffer.toString("latin1", TREE.length, at - 1);
  const parents: string[] = [];
  for (; text.startsWith(PARENT, at); at = text.indexOf("\n", at) + 1) {
    const end = text.indexOf("\n", at);
    if (end === -1) return linksOf(parseCommit(bytes));
    parents.push(buffer.toString("latin1", at + PARENT.length, end));
  }
  const committer = text.indexOf("\ncommitter ", at - 1);
  const end = text.indexOf("\n", committer + 1);
  // The usual headers in their usual order, or whatever else the slow way makes of them.
  const isInHeaders = committer !== -1 && end !== -1 && !text.slice(0, end).includes("\n\n");
  if (!isInHeaders || text.lastIndexOf("\nauthor ", committer) < at - 1) return linksOf(parseCommit(bytes));
  const time = / (\d{1,12}) [-+]\d+$/.exec(text.slice(end - 40, end))?.[1];
  return { tree, parents, time: Number(time ?? 0) };
}

function linksOf({ tree, parents, time }: CommitObject): CommitLinks {
  return { tree, parents, time };
}

/** The id of the object that an annotated tag marks; empty where the tag names none. */
export function taggedObject(bytes: Uint8Array): string {
  return split(bytes).headers.find(({ name }) => name === "object")?.value ?? "";
}

/** Headers end at the first empty line; a line that begins with a space continues the header before it. */
function split(bytes: Uint8Array): { headers: { name: string; value: string }[]; message: string } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const end = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
  const head = end === -1 ? text : text.slice(0, end);
  const headers: { name: string; value: string }[] = [];
  for (const line of head.split("\n")) {
    const last = headers.at(-1);
    if (line.startsWith(" ") && last !== undefined) {
      last.value += `\n${line.slice(1)}`;
      continue;
    }
    const space = line.indexOf(" ");
    if (space > 0) headers.push({ name: line.slice(0, space), value: line.slice(space + 1) });
  }
  return { headers, message: end === -1 ? "" : text.slice(end + (end === 0 ? 1 : 2)) };
}
