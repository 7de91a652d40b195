export { touchesAdded } from "./hunk.ts";
export type { Hunk, LineRange } from "./hunk.ts";
