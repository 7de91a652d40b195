/**
 * Content scanning: one file's bytes in, redacted findings and gaps out, on this thread or on a pool of others. Archives
 * are unpacked here, for the app and the command line alike.
 */
export type { ContentRequest, ContentScan, ScanContent } from "./content.ts";
export { findKey } from "./key-in-content.ts";
export type { FindKey, KeyRequest } from "./key-in-content.ts";
export { createDetectionPool } from "./pool.ts";
export type { DetectionPool } from "./pool.ts";
export { scanContent } from "./scan-content.ts";
export { searchFile } from "./search-file.ts";
export type { FileSearch, SearchedFile, Unopened } from "./search-file.ts";
