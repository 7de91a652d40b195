/**
 * Builds the package of the command line from `src/`: plain JavaScript with every package that it needs in it, so an
 * installation downloads nothing else. What only the app needs is left out. `npm pack` and `npm publish` run it.
 */
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { z } from "zod";

const PACKAGE = import.meta.dirname;
const ROOT = join(PACKAGE, "../..");
const OUTPUT = join(PACKAGE, "dist");
/** The oldest version of Node that is tested. */
const TARGET = "node20.19";
/** Loading any other module only defines things, so it is left out if nothing uses it. */
const DOES_SOMETHING_WHEN_LOADED =
  /\/packages\/cli\/entry\/|\/src\/cli\.ts$|\/cli\/look-worker\.ts$|\/history\/(?:pack-)?reader\.ts$|\/core-js\//;
/** Packages that name their licence, but come without its text. */
const WITHOUT_FILE: ReadonlySet<string> = new Set(["xz-decompress"]);

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.string().optional().catch(undefined),
  homepage: z.string().optional(),
});

rmSync(OUTPUT, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: ROOT,
  platform: "node",
  input: {
    rollcall: join(PACKAGE, "entry/rollcall.ts"),
    // `src/scan/history/run-pipeline.ts` starts them by these names.
    reader: join(PACKAGE, "entry/reader.ts"),
    "pack-reader": join(PACKAGE, "entry/pack-reader.ts"),
    // `src/cli/look-threads.ts` starts it by this name.
    "look-thread": join(PACKAGE, "entry/look-thread.ts"),
  },
  treeshake: { moduleSideEffects: (id) => DOES_SOMETHING_WHEN_LOADED.test(id) },
  transform: { target: TARGET },
  onLog(level, log, handler) {
    // In a package of the app, which is left out.
    if (log.code === "EVAL" && log.id?.includes("/bottleneck/") === true) return;
    if (level === "warn") throw new Error(log.message);
    handler(level, log);
  },
});
const { output } = await bundle.write({
  dir: OUTPUT,
  format: "esm",
  banner: (chunk) => (chunk.fileName === "rollcall.js" ? "#!/usr/bin/env node" : ""),
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
});
await bundle.close();

const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
writeFileSync(join(PACKAGE, "THIRD-PARTY-LICENSES.txt"), [...folders].sort().map(licenceOf).join("\n"));
copyFileSync(join(ROOT, "LICENSE"), join(PACKAGE, "LICENSE"));

function licenceOf(folder: string): string {
  const { name, version, license, author, homepage } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const [file] = globSync("{LICENSE,LICENCE,license}*", { cwd: folder });
  if (file === undefined && !WITHOUT_FILE.has(name))
    throw new Error(`${name} has no file with its licence: look it up, then add it to WITHOUT_FILE`);

  const text =
    file === undefined ? `By ${author ?? name}: ${homepage ?? ""}` : readFileSync(join(folder, file), "utf8");
  return `${name} ${version}, licence ${license}\n\n${text.trim()}\n\n${"-".repeat(80)}\n`;
}
