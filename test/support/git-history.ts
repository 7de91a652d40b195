/**
 * Git histories for tests: `HISTORY` generates commits with merges, renames, odd names and any bytes; `writeHistory`
 * writes them into a bare repository with git fast-import. Git runs with a fixed clock and without configuration.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";

/** A file of a generated commit. */
export interface HistoryFile {
  readonly mode: "100644" | "100755" | "120000";
  readonly bytes: Uint8Array;
}

/** A commit by its whole tree; parents by their place in the list. */
export interface HistoryCommit {
  readonly parents: readonly number[];
  /** Path (each char is one byte, because names need not be UTF-8) to file; null leaves the path a submodule. */
  readonly tree: ReadonlyMap<string, HistoryFile | null>;
  readonly message?: string;
  /** Seconds since 1970 of author and committer; by default a second after the commit before. */
  readonly time?: number;
}

/** Environment in which tests run git: no user's configuration, a fixed clock. */
export const GIT_TEST_ENV = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada Example",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "1700000000 +0000",
  GIT_COMMITTER_NAME: "Ada Example",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "1700000000 +0000",
};

export function git(directory: string, args: readonly string[], input?: Uint8Array | string): Uint8Array {
  return execFileSync("git", args, {
    cwd: directory,
    env: GIT_TEST_ENV,
    input,
    maxBuffer: 1 << 30,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

export function gitText(directory: string, args: readonly string[], input?: Uint8Array | string): string {
  return new TextDecoder().decode(git(directory, args, input));
}

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "rollcall-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes the commits into a new bare repository; returns their ids in order. */
export function writeHistory(directory: string, commits: readonly HistoryCommit[]): string[] {
  mkdirSync(directory, { recursive: true });
  git(directory, ["init", "-q", "--bare", "-b", "main", "."]);
  const parts: Uint8Array[] = [];
  const text = (value: string): void => void parts.push(Buffer.from(value, "latin1"));
  const data = (bytes: Uint8Array): void => {
    text(`data ${bytes.length}\n`);
    parts.push(bytes);
    text("\n");
  };
  for (const [index, commit] of commits.entries()) {
    text(`commit refs/heads/c${index}\nmark :${index + 1}\n`);
    const time = commit.time ?? 1_700_000_000 + index;
    text(`author Ada Example <ada@example.com> ${time} +0000\n`);
    text(`committer Ada Example <ada@example.com> ${time} +0000\n`);
    data(Buffer.from(commit.message ?? `commit ${index}`));
    for (const [at, parent] of commit.parents.entries())
      text(`${at === 0 ? "from" : "merge"} :${parent + 1}\n`);
    text("deleteall\n");
    for (const [path, file] of commit.tree) {
      const name = quoteName(path);
      if (file === null) {
        text(`M 160000 ${"1".repeat(40)} ${name}\n`);
      } else {
        text(`M ${file.mode} inline ${name}\n`);
        data(file.bytes);
      }
    }
  }
  text("done\n");
  git(directory, ["fast-import", "--quiet", "--done", "--force"], Buffer.concat(parts));
  const refs = commits.map((_, index) => `refs/heads/c${index}`);
  return gitText(directory, ["rev-parse", ...refs])
    .trim()
    .split("\n");
}

function quoteName(path: string): string {
  const octal = Array.from(Buffer.from(path, "latin1"), (byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  return `"${octal.join("")}"`;
}

const LINE = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "d", "", "}", "\t") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "@@ -1 +1 @@",
      "-minus",
      "+plus",
      "\\ No newline at end of file",
      "commit 0123456789abcdef0123456789abcdef01234567",
      "\r",
      "a\r",
      "\u0000",
      "é",
      "ÿþ",
    ),
  },
  { weight: 1, arbitrary: fc.string() },
);

/** Contents with every kind of line end, none at the end at times, and bytes that are no UTF-8. */
const CONTENT: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.array(LINE, { maxLength: 14 }),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
    fc.constantFrom("latin1", "utf8"),
  )
  .map(([lines, end, last, encoding]) =>
    Buffer.from(
      lines.join(end) + (last && lines.length > 0 ? end : ""),
      encoding === "latin1" ? "latin1" : "utf8",
    ),
  );

const PATH = fc.constantFrom(
  "a",
  "b",
  "dir/a",
  "dir/b c",
  'we"ird',
  "tab\there",
  "new\nline",
  "back\\slash",
  "\xff\xfe",
  "\xc3\xa9",
  " b/ b",
  "-rf",
  "a b/x b/x",
  ":(glob)*",
  "$(touch x)",
  "*",
);
const FILE = fc.record({
  mode: fc.constantFrom<HistoryFile["mode"]>("100644", "100644", "100755", "120000"),
  bytes: CONTENT,
});

type Step =
  | { readonly do: "write"; readonly path: string; readonly file: HistoryFile }
  | { readonly do: "edit"; readonly path: string; readonly at: number; readonly line: string }
  | { readonly do: "remove"; readonly path: string }
  | { readonly do: "rename"; readonly path: string; readonly to: string }
  | { readonly do: "submodule"; readonly path: string };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), path: PATH, file: FILE }),
  fc.record({ do: fc.constant("edit" as const), path: PATH, at: fc.nat(12), line: LINE }),
  fc.record({ do: fc.constant("edit" as const), path: PATH, at: fc.nat(12), line: LINE }),
  fc.record({ do: fc.constant("remove" as const), path: PATH }),
  fc.record({ do: fc.constant("rename" as const), path: PATH, to: PATH }),
  fc.record({ do: fc.constant("submodule" as const), path: PATH }),
);

/** Histories with roots, merges of up to four parents (with contents of their own), renames, odd names. */
export const HISTORY: fc.Arbitrary<HistoryCommit[]> = fc
  .array(
    fc.record({ parents: fc.array(fc.nat(30), { maxLength: 4 }), steps: fc.array(STEP, { maxLength: 5 }) }),
    { minLength: 2, maxLength: 8 },
  )
  .map((plans) => {
    const commits: HistoryCommit[] = [];
    for (const [index, plan] of plans.entries()) {
      const parents = index === 0 ? [] : [...new Set(plan.parents.map((parent) => parent % index))];
      const trees = parents.map((parent) => commits[parent]?.tree ?? new Map<string, HistoryFile | null>());
      const tree = new Map(trees.toReversed().flatMap((each) => [...each]));
      for (const step of plan.steps) applyStep(tree, step);
      commits.push({ parents, tree: withoutClashes(tree) });
    }
    return commits;
  });

function applyStep(tree: Map<string, HistoryFile | null>, step: Step): void {
  const file = tree.get(step.path);
  if (step.do === "write") {
    tree.set(step.path, step.file);
  } else if (step.do === "submodule") {
    tree.set(step.path, null);
  } else if (step.do === "remove") {
    tree.delete(step.path);
  } else if (file === undefined) {
    return;
  } else if (step.do === "rename") {
    tree.delete(step.path);
    tree.set(step.to, file);
  } else if (file !== null) {
    const lines = Buffer.from(file.bytes).toString("latin1").split("\n");
    lines.splice(Math.min(step.at, lines.length), step.at % 2, step.line);
    tree.set(step.path, { ...file, bytes: Buffer.from(lines.join("\n"), "latin1") });
  }
}

/** Git has no tree in which one path is both a file and a folder. */
function withoutClashes(tree: ReadonlyMap<string, HistoryFile | null>): Map<string, HistoryFile | null> {
  const paths = [...tree.keys()];
  return new Map([...tree].filter(([path]) => !paths.some((other) => other.startsWith(`${path}/`))));
}
