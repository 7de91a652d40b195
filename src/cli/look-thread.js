/** Starts `look-worker.ts` with Node's cache of compiled code on, as `src/scan.js` does for the command line. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/rollcall"));
await import("./look-worker.ts");
