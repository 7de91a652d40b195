import { Buffer } from "node:buffer";
import { jsonReportSchema } from "../../src/report/index.ts";
import type { JsonReport } from "../../src/report/index.ts";
import { run } from "../../src/cli/run.ts";
import type { Surroundings } from "../../src/cli/run.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process. */
export async function runCommand(
  args: readonly string[],
  stdin: readonly (string | Uint8Array)[] = [],
): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await run(args, {
    ...surroundings(),
    stdin: chunksOf(stdin),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** Surroundings in which nothing is read, shown or interrupted. */
export function surroundings(): Surroundings {
  return {
    stdin: chunksOf([]),
    stdout: { write: () => true },
    stderr: { write: () => true },
    colour: false,
    command: "rollcall",
    version: "1.2.3",
    now: new Date("2026-11-22T00:00:00Z"),
    milliseconds: () => 0,
    environment: { PATH: process.env["PATH"] },
    interruption: { reading: new AbortController().signal, everything: new AbortController().signal },
  };
}

/** The same with `--format json`, its report checked against the schema. */
export async function runJson(
  args: readonly string[],
  stdin: readonly (string | Uint8Array)[] = [],
): Promise<Outcome & { readonly report: JsonReport }> {
  const outcome = await runCommand(["--format", "json", ...args], stdin);
  return { ...outcome, report: jsonReportSchema.parse(JSON.parse(outcome.out)) };
}

async function* chunksOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}
