/** The reports of the command line alone: what the app writes to GitHub is not loaded with them. */
export { excerptOf } from "./excerpt.ts";
export { DEFAULT_FORMAT, FORMATS } from "./formats.ts";
export { printable, printableJson } from "./printable.ts";
export { placeWithoutPath } from "./words/origin-words.ts";
