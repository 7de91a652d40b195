export { touchesAdded } from "./hunk.ts";
export type { Hunk, LineRange } from "./hunk.ts";
export { looksLikePatch } from "./looks-like-patch.ts";
export { parsePatch } from "./parse-patch.ts";
export { PatchError } from "./patch-error.ts";
export { PatchReader } from "./patch-reader.ts";
export type { PatchFile, PatchRecord, PatchText } from "./patch-record.ts";
