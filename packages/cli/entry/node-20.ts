/** Gives Node 20 what the sources use of the language and it does not have yet. Newer versions of Node load nothing. */
if (typeof Map.groupBy !== "function" || typeof Iterator !== "function") await import("./polyfills.ts");
