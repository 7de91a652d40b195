import { createHash } from "node:crypto";
import { storableText } from "./queries.ts";

/** An index row of PostgreSQL holds 2,704 bytes, of which other columns need some: https://www.postgresql.org/docs/current/btree.html */
const MAX_KEY_BYTES = 1000;

/** The text as an index can hold it: itself, or its digest where it is too long, as a path of 4,096 bytes is. */
export function indexKey(given: string): string {
  const text = storableText(given);
  if (Buffer.byteLength(text) <= MAX_KEY_BYTES) return text;
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
