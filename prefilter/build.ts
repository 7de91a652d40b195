/**
 * Builds the prefilter: compiles its kernel and the one that unpacks git's packs, and chooses the windows of its anchors on
 * text of several kinds.
 *
 *     npm run prefilter                     the kernels alone
 *     npm run prefilter -- FOLDER…          the plan too: text is taken from the folders by the endings of names
 *
 * The results are TypeScript files in src/detect/engine and src/objects/pack, committed: nothing is built at installation.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planWindows } from "./plan.ts";
import { readSamples } from "./samples.ts";

const ENGINE = join(import.meta.dirname, "../src/detect/engine");

/** A compiled kernel, in base64: `scan` has its memory, which `pack` shares. */
export function compileKernel(name: "scan" | "pack"): string {
  const folder = mkdtempSync(join(tmpdir(), "prefilter-"));
  try {
    const target = join(folder, `${name}.wasm`);
    const options = "-O3 --runtime stub --enable simd --enable relaxed-simd --noAssert --initialMemory 2";
    execFileSync(
      "npx",
      [
        "asc",
        join(import.meta.dirname, `assembly/${name}.ts`),
        ...options.split(" "),
        ...(name === "pack" ? ["--importMemory"] : []),
        "-o",
        target,
      ],
      { stdio: "inherit" },
    );
    return readFileSync(target).toString("base64");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeKernel(name: "scan" | "pack", file: string): void {
  const head = `/** Compiled from prefilter/assembly/${name}.ts by npm run prefilter; in base64. */`;
  writeFileSync(file, `${head}\nexport const KERNEL =\n  "${compileKernel(name)}";\n`);
}

async function main(folders: readonly string[]): Promise<void> {
  writeKernel("scan", join(ENGINE, "prefilter-kernel.ts"));
  writeKernel("pack", join(import.meta.dirname, "../src/objects/pack/pack-kernel.ts"));
  if (folders.length === 0) return;
  // Only now: the detector starts with the kernel that was just written.
  const { NECESSARY } = await import("../src/detect/engine/anchor-search.ts");
  const { choices, rates } = planWindows(NECESSARY, readSamples(folders));
  console.log("Positions a megabyte at which the kernel stops in vain, by kind of text:");
  for (const [kind, rate] of rates) console.log(`  ${kind}: ${Math.round(rate)}`);
  const rows = choices.map(
    ({ anchor, window, size, bucket }) => `  [${JSON.stringify(anchor)}, [${window}, ${size}, ${bucket}]],\n`,
  );
  writeFileSync(
    join(ENGINE, "prefilter-plan.ts"),
    `/** Made by npm run prefilter: for each anchor where its window begins, how long that is, and its bucket. */\nexport const WINDOWS: ReadonlyMap<string, readonly [window: number, size: 3 | 4, bucket: number]> = new Map([\n${rows.join("")}]);\n`,
  );
}

if (import.meta.main) await main(process.argv.slice(2));
