import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const documents = globSync(["*.md", "docs/**/*.md", "local-github/*.md", "bench/**/*.md"], { cwd: ROOT });

/** Links of a Markdown file to other files of this repository, without their anchors; code is left out. */
function fileLinks(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

test.each(documents)("every link of %s leads to a file", (path) => {
  const broken = fileLinks(read(path)).filter((target) => !existsSync(join(ROOT, dirname(path), target)));
  expect(broken).toEqual([]);
});

test.each([
  ["docs/README.md", "docs/*.md"],
  ["docs/decisions/README.md", "docs/decisions/*.md"],
])("%s lists every document of its folder", (index, pattern) => {
  const listed = fileLinks(read(index)).map((target) => join(dirname(index), target));
  const there = globSync(pattern, { cwd: ROOT }).filter((path) => path !== index);
  expect(there.map((path) => relative("", path)).filter((path) => !listed.includes(path))).toEqual([]);
});

test("decisions are numbered without a gap and have the four sections", () => {
  const records = globSync("docs/decisions/0*.md", { cwd: ROOT }).toSorted();
  expect(records.map((path) => Number(/(\d{4})-/.exec(path)?.[1]))).toEqual(
    records.map((_, index) => index + 1),
  );
  for (const path of records) {
    const headings = [...read(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect([path, headings]).toEqual([path, ["Status", "Context", "Decision", "Consequences"]]);
  }
});
