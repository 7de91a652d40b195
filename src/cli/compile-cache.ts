import { enableCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Caches what Node compiles: starting takes 0.2 s with it and 0.3 s without. Import it before everything else.
 * If the folder is not writable, Node works without the cache.
 */
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/rollcall"));
