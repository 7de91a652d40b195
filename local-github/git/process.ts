/**
 * Runs git with its own configuration and environment, so the user's settings do not matter. Arguments are passed
 * as an array; nothing goes through a shell.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The configuration file of every git process here. The user's and the system's are not read. */
export interface GitConfiguration {
  readonly file: string;
}

/** Git failed. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly status: number | null;

  constructor(command: string, status: number | null, stderr: string, options?: ErrorOptions) {
    super(`git ${command} ended with status ${status}: ${stderr.slice(0, 500)}`, options);
    this.status = status;
  }
}

// Like GitHub: partial clones, any object by its id, and no pushes to `refs/pull`.
const SETTINGS = `[init]
	defaultBranch = main
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
	autogc = false
[gc]
	auto = 0
[maintenance]
	auto = false
[core]
	quotePath = true
	fsync = none
[diff]
	renames = true
	renameLimit = 400
`;

export async function writeGitConfiguration(directory: string): Promise<GitConfiguration> {
  const file = join(directory, "gitconfig");
  await writeFile(file, SETTINGS);
  return { file };
}

function gitEnvironment(configuration: GitConfiguration): Record<string, string> {
  return {
    PATH: "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: configuration.file,
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}

export interface GitOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit statuses besides 0 that are not failures. */
  readonly accept?: readonly number[];
}

export interface GitResult {
  readonly status: number;
  readonly output: Buffer;
}

/** Runs git on a bare repository, or on none, and returns its output (at most 1 GB). */
export async function git(
  configuration: GitConfiguration,
  repository: string | null,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  const { promise, resolve, reject } = Promise.withResolvers<GitResult>();
  const all = repository === null ? [...args] : ["--git-dir", repository, ...args];
  const child = execFile(
    "git",
    all,
    {
      encoding: "buffer",
      maxBuffer: 1 << 30,
      env: { ...gitEnvironment(configuration), ...options.environment },
    },
    (error, output, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      if (status === 0 || (status !== null && options.accept?.includes(status) === true))
        resolve({ status, output });
      else reject(new GitError(args.join(" "), status, stderr.toString(), { cause: error }));
    },
  );
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input ?? "");
  return promise;
}

/** The lines of git's output, without an empty last one. */
export async function gitLines(
  configuration: GitConfiguration,
  repository: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string[]> {
  const { output } = await git(configuration, repository, args, options);
  const text = output.toString().trimEnd();
  return text === "" ? [] : text.split("\n");
}

/** Starts git with pipes. */
export function spawnGit(
  configuration: GitConfiguration,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn("git", args, { env: { ...gitEnvironment(configuration), ...environment }, stdio: "pipe" });
}
