import { printable, renderJson, renderSarif, renderTerminal } from "../report/index.ts";
import type { ScanReport } from "../report/index.ts";
import { Collector } from "./collector.ts";
import { HELP, parseCommand, UsageError } from "./options.ts";
import type { Command } from "./options.ts";
import { createProgress } from "./progress.ts";
import type { ProgressStream } from "./progress.ts";
import { renderRules } from "./rules.ts";
import { scanFiles } from "./scan-files.ts";
import { scanStdin } from "./scan-stdin.ts";

/** What the command line has of its surroundings. */
export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
  /** Whether standard output shows colours. */
  readonly colour: boolean;
  /** Version of Rollcall. */
  readonly version: string;
  /** Wall clock: bounds the age that a key may claim. */
  readonly now: Date;
  /** Milliseconds since any moment; never goes back. */
  readonly milliseconds: () => number;
}

/** 0 nothing found and all read, 1 something found and all read, 2 not all read or could not run. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command line. What goes wrong is said on standard error; throws only on a defect of Rollcall itself. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let command: Command;
  try {
    command = parseCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    surroundings.stderr.write(`rollcall: ${printable(error.message)}\nSee --help.\n`);
    return 2;
  }
  switch (command.kind) {
    case "help":
      surroundings.stdout.write(HELP);
      return 0;
    case "rules":
      surroundings.stdout.write(renderRules(command.format));
      return 0;
    case "scan": {
      const report = await scan(command, surroundings);
      surroundings.stdout.write(render(report, command.format, surroundings));
      return exitCode(report);
    }
  }
}

async function scan(
  command: Extract<Command, { kind: "scan" }>,
  { stdin, stderr, now, milliseconds }: Surroundings,
): Promise<ScanReport> {
  const start = milliseconds();
  const progress = createProgress(stderr, milliseconds);
  const collector = new Collector({
    now,
    explain: command.explain,
    excerpts: command.format === "text",
  });
  let notes: readonly string[] = [];
  if (command.stdin) {
    await scanStdin(stdin, collector, progress);
  } else {
    notes = scanFiles(command.paths, command.exclude, collector, progress);
  }
  progress.clear();
  return collector.report(notes, (milliseconds() - start) / 1000);
}

function render(
  report: ScanReport,
  format: "text" | "json" | "sarif",
  { colour, version, stderr }: Surroundings,
): string {
  switch (format) {
    case "text":
      return renderTerminal(report, colour);
    case "json":
      writeNotes(report.notes, stderr);
      return renderJson(report);
    case "sarif":
      return renderSarif(report, version);
  }
}

/** The JSON report has no place for notes; they are not to be lost. */
function writeNotes(notes: readonly string[], stderr: ProgressStream): void {
  for (const note of notes) {
    stderr.write(`rollcall: note: ${printable(note)}\n`);
  }
}

/** A gap weighs more than a finding: what was not read may hold worse. */
function exitCode(report: ScanReport): ExitCode {
  if (report.gaps.length > 0) {
    return 2;
  }
  return report.findings.length > 0 ? 1 : 0;
}
