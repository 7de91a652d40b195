/**
 * Builds the package when npm installs a checkout of this repository, as pre-commit does. With `--omit=dev` there is nothing to
 * build with, and no need.
 */
try {
  import.meta.resolve("rolldown");
} catch {
  process.exit(0);
}
await import("./build.ts");
