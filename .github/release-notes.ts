import { readFileSync } from "node:fs";

/**
 * The notes of a release: the section of the changelog under `## VERSION (YYYY-MM-DD)`.
 *
 * @param tag such as `v1.2.0`
 * @param files contents of `CHANGELOG.md` and `package.json`
 * @throws Error unless tag, package and a dated section of the changelog name the same version
 */
export function releaseNotes(
  tag: string,
  files: { readonly changelog: string; readonly manifest: string },
): string {
  if (!/^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(tag))
    throw new Error(`The tag "${tag}" is not a version: use v1.2.3.`);
  const version = tag.slice(1);
  const manifest: unknown = JSON.parse(files.manifest);
  const packaged =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : null;
  if (packaged !== version)
    throw new Error(`The tag says ${version} and package.json ${String(packaged)}: make them agree.`);
  const lines = files.changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(`## ${version} `) || line === `## ${version}`);
  const heading = lines[start];
  if (heading === undefined) throw new Error(`CHANGELOG.md has no section for ${version}.`);
  if (!/ \(\d{4}-\d\d-\d\d\)$/.test(heading))
    throw new Error(`CHANGELOG.md has no date for ${version}: write "## ${version} (YYYY-MM-DD)".`);
  const rest = lines.slice(start + 1);
  const next = rest.findIndex((line) => line.startsWith("## "));
  const notes = rest
    .slice(0, next === -1 ? rest.length : next)
    .join("\n")
    .trim();
  if (notes === "") throw new Error(`CHANGELOG.md says nothing about ${version}.`);
  return `${notes}\n`;
}

if (import.meta.main) {
  const [tag = ""] = process.argv.slice(2);
  const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
  try {
    process.stdout.write(
      releaseNotes(tag, { changelog: read("CHANGELOG.md"), manifest: read("package.json") }),
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
