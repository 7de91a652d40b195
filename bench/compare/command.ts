import { spawnSync } from "node:child_process";

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs a program to its end; never through a shell. The folder of this Node comes first in its PATH. */
export function command(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): CommandResult {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    timeout: 1_200_000,
    env: {
      ...process.env,
      PATH: `${process.execPath.slice(0, process.execPath.lastIndexOf("/"))}:${process.env["PATH"] ?? ""}`,
      ...env,
    },
  });
  return { status, stdout, stderr, seconds: (performance.now() - start) / 1000 };
}

/** Whether the program is there and answers. */
export function has(program: string, args: readonly string[] = ["--version"]): boolean {
  return command(program, args, "/").status === 0;
}
