import { taggedObject } from "../../../objects/index.ts";
import type { ObjectLookup } from "./object-reader.ts";

/** A tag object beyond this size is not followed. */
const MAX_TAG_BYTES = 64 * 1024 ** 2;
/** Tags of tags that are followed. */
const MAX_TAG_DEPTH = 16;

/** Follows annotated tags to the object that they mark; null where an object is missing. */
export async function peelTag(
  reader: ObjectLookup,
  tip: string,
): Promise<{ readonly sha: string; readonly type: string } | null> {
  let sha = tip;
  for (let depth = 0; depth < MAX_TAG_DEPTH; depth++) {
    const info = await reader.info(sha);
    if (info === null) return null;
    if (info.type !== "tag") return { sha, type: info.type };
    const read = await reader.read(sha, MAX_TAG_BYTES);
    if (read.kind !== "object") return { sha, type: "tag" };
    sha = taggedObject(read.bytes);
  }
  return { sha, type: "tag" };
}
