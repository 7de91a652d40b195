import { execFile } from "node:child_process";
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

/** A person's working copy. */
export interface Clone {
  readonly directory: string;
  git(...args: string[]): Promise<string>;
  /** Writes files, commits everything, and gives the new commit's id. */
  commit(message: string, files?: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
  push(...args: string[]): Promise<void>;
}

export async function cloneOf(url: string, directory: string): Promise<Clone> {
  await run("git", ["clone", "--quiet", url, directory], { env: { ...process.env, ...ENVIRONMENT } });
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", ["-C", directory, ...args], {
      env: { ...process.env, ...ENVIRONMENT },
      maxBuffer: 1 << 28,
    });
    return stdout.trim();
  };
  return {
    directory,
    git,
    async commit(message, files = {}) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), content);
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    async push(...args) {
      await git("push", "--quiet", "origin", ...args);
    },
  };
}
