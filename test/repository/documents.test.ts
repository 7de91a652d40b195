import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const exists = (path: string): boolean => existsSync(join(ROOT, path));
const files = (...patterns: string[]): string[] => globSync(patterns, { cwd: ROOT }).toSorted();

/** Links of a Markdown file to other files of this repository, relative to the root; code is left out. */
function linkedFiles(path: string): string[] {
  const prose = read(path)
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(path), target));
}

/** Paths in backticks that begin with a folder of this repository; with a placeholder such as NAME they are left out. */
function namedFiles(path: string): string[] {
  const spans = [...read(path).matchAll(/`((?:src|test|docs|bench|demo|fixtures|\.github)\/[\w./-]*)`/g)];
  return spans.map(([, name = ""]) => name).filter((name) => !/[A-Z]{4}/.test(name) || exists(name));
}

/** A repository's own configuration is named by its path in that repository, not in this one. */
const ELSEWHERE = [".github/rollcall.yml"];

describe.each(files("*.md", "docs/**/*.md", "local-github/*.md", "bench/**/*.md"))("%s", (path) => {
  test("has no link to a file that does not exist", () => {
    expect(linkedFiles(path).filter((file) => !exists(file))).toEqual([]);
  });

  test("names no file that does not exist", () => {
    expect(namedFiles(path).filter((file) => !ELSEWHERE.includes(file) && !exists(file))).toEqual([]);
  });
});

test.each([
  ["docs/README.md", "docs/*.md"],
  ["docs/decisions/README.md", "docs/decisions/*.md"],
])("%s lists every document of its folder", (index, pattern) => {
  const listed = linkedFiles(index);
  expect(files(pattern).filter((path) => path !== index && !listed.includes(path))).toEqual([]);
});

test("decisions are numbered without a gap and have the same four sections", () => {
  const records = files("docs/decisions/0*.md");
  expect(records.map((path) => Number(/(\d{4})-/.exec(path)?.[1]))).toEqual(records.map((_, at) => at + 1));
  for (const path of records) {
    const headings = [...read(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect([path, headings]).toEqual([path, ["Status", "Context", "Decision", "Consequences"]]);
  }
});

test("every log message that docs/debugging.md explains is one that the code logs", () => {
  const section = read("docs/debugging.md").split("\n## 3.")[1]?.split("\n###")[0] ?? "";
  const messages = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message);
  const source = files("src/**/*.ts").map(read).join("\n");
  expect(messages.length).toBeGreaterThan(5);
  expect(messages.filter((message) => !source.includes(`"${message}"`))).toEqual([]);
});

test("docs/security.md names a test for each attacker, and an end for what nothing stops", () => {
  const [, table = ""] = read("docs/security.md").split("\n## Who attacks\n");
  const rows = (table.split("\n## ")[0] ?? "").split("\n").filter((line) => /^\| (?:\*\*|\|)/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  const untested = rows.filter((row) => !/`(?:test|bench)\/[\w./-]+\.ts`/.test(row));
  expect(untested).toEqual([]);
});
