import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.org",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.org",
};

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** One of many commits that are made at once. */
export interface ImportedCommit {
  readonly message: string;
  /** Files that it writes, beside those that are there. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A person's working copy. */
export interface Clone {
  readonly directory: string;
  git(...args: string[]): Promise<string>;
  write(files: Files): Promise<void>;
  /** Writes files, commits everything, and gives the new commit's id. */
  commit(message: string, files?: Files): Promise<string>;
  /** Makes commits by the thousand on top of HEAD's commit, and gives the last one's id; HEAD's branch moves to it. */
  importCommits(commits: readonly ImportedCommit[]): Promise<string>;
  push(...args: string[]): Promise<void>;
}

export async function cloneOf(url: string, directory: string): Promise<Clone> {
  const env = { ...process.env, ...ENVIRONMENT };
  await run("git", ["clone", "--quiet", url, directory], { env });
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", ["-C", directory, ...args], { env, maxBuffer: 1 << 28 });
    return stdout.trim();
  };
  const write = async (files: Files): Promise<void> => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
  };
  return {
    directory,
    git,
    write,
    async commit(message, files = {}) {
      await write(files);
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    async importCommits(commits) {
      const [from = "", time = ""] = (await git("log", "-1", "--format=%H %ct")).split(" ");
      const branch = await git("symbolic-ref", "HEAD");
      const child = spawn("git", ["-C", directory, "fast-import", "--quiet", "--force"], {
        env,
        stdio: ["pipe", "ignore", "inherit"],
      });
      child.stdin.end(fastImport(branch, from, Number(time), commits));
      await once(child, "close");
      if (child.exitCode !== 0) throw new Error(`git fast-import ended with ${child.exitCode}`);
      await git("reset", "--quiet", "--hard");
      return git("rev-parse", "HEAD");
    },
    async push(...args) {
      await git("push", "--quiet", "origin", ...args);
    },
  };
}

function fastImport(branch: string, from: string, start: number, commits: readonly ImportedCommit[]): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return commits
    .map(({ message, files = {} }, index) =>
      [
        `commit ${branch}\ncommitter Ann <ann@example.org> ${start + index} +0000\n`,
        data(message),
        index === 0 ? `from ${from}\n` : "",
        ...Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
      ].join(""),
    )
    .join("\n");
}
