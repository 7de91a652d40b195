import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.org",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.org",
};

/** A person's clone of a repository. */
export class Clone {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  static async from(url: string, directory: string): Promise<Clone> {
    await run("git", ["clone", "--quiet", url, directory], { env: ENVIRONMENT });
    return new Clone(directory);
  }

  git(...args: string[]): Promise<string> {
    return this.gitUntil(undefined, ...args);
  }

  /** Runs git until it ends or the signal kills it. */
  async gitUntil(signal: AbortSignal | undefined, ...args: string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.directory, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: ENVIRONMENT,
      ...(signal === undefined ? {} : { signal }),
    });
    return stdout.trim();
  }

  /** Creates many commits at once from a `git fast-import` stream. */
  async fastImport(stream: string): Promise<void> {
    const child = spawn("git", ["-C", this.directory, "fast-import", "--quiet"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.end(stream);
    await once(child, "close");
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** Writes files, commits everything and returns the SHA. */
  async commit(message: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
    for (const [path, content] of Object.entries(files)) await this.write(path, content);
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }
}
