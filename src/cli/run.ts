import { printable } from "../report/command-line.ts";
import type { ReportFormat, ScanReport } from "../report/index.ts";
import { Collector } from "./collector.ts";
import { help } from "./help.ts";
import { createHistoryProgress } from "./history-progress.ts";
import { parseCommand, UsageError } from "./options.ts";
import type { Command } from "./options.ts";
import { createProgress } from "./progress.ts";
import type { ProgressStream } from "./progress.ts";
import { renderRules } from "./rules.ts";
import { scanFiles } from "./scan-files.ts";
import { GitScanError, scanGit, scanIndex } from "./scan-git.ts";
import type { Interruption } from "./scan-git.ts";

type ScanCommand = Extract<Command, { kind: "scan" }>;
type RepositoryCommand = Extract<Command, { kind: "history" | "staged" }>;

/** The surroundings of the command line: streams, terminal, clock. */
export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
  /** Whether standard output shows colours. */
  readonly colour: boolean;
  /** What a person types to start it. */
  readonly command: string;
  /** Version of Rollcall. */
  readonly version: string;
  /** Wall clock: bounds the age that a key may claim. */
  readonly now: Date;
  /** Milliseconds since any moment; never goes back. */
  readonly milliseconds: () => number;
  /** Variables of this process, of which git gets a few. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interruption: Interruption;
}

/** 0 nothing found and all read, 1 something found and all read, 2 not all read or could not run. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command line. Reports what goes wrong on standard error; throws only on a bug in Rollcall itself. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let command: Command;
  try {
    command = parseCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;

    surroundings.stderr.write(`rollcall: ${printable(error.message)}\nRun with --help for the options.\n`);
    return 2;
  }
  switch (command.kind) {
    case "help":
      surroundings.stdout.write(help(surroundings.command));
      return 0;
    case "version":
      surroundings.stdout.write(`${surroundings.version}\n`);
      return 0;
    case "rules":
      surroundings.stdout.write(renderRules(command.format));
      return 0;
    case "scan":
      return write(await scan(command, surroundings), command.format, surroundings);
    case "history":
    case "staged": {
      const report = await scanRepository(command, surroundings);
      return report === null ? 2 : write(report, command.format, surroundings);
    }
  }
}

function write(report: ScanReport, format: ReportFormat, surroundings: Surroundings): ExitCode {
  if (!format.showsNotes) writeNotes(report.notes, surroundings.stderr);

  surroundings.stdout.write(format.render(report, surroundings));
  return exitCode(report);
}

/** Null if the repository could not be read at all, which is said. */
async function scanRepository(
  command: RepositoryCommand,
  surroundings: Surroundings,
): Promise<ScanReport | null> {
  const { stderr, now, milliseconds, environment, interruption } = surroundings;
  const start = milliseconds();
  const progress = createHistoryProgress(stderr, milliseconds);
  try {
    const scanned =
      command.kind === "staged"
        ? await scanIndex(command.path, { environment, now, interruption })
        : await scanGit({ ...command, environment, now, interruption }, progress);
    return { ...scanned, seconds: (milliseconds() - start) / 1000 };
  } catch (error) {
    if (!(error instanceof GitScanError)) throw error;

    progress.clear();
    stderr.write(`rollcall: ${printable(error.message)}\n`);
    return null;
  } finally {
    progress.clear();
  }
}

async function scan(
  { format, explain, stdin: readsStdin, paths, exclude }: ScanCommand,
  { stdin, stderr, now, milliseconds }: Surroundings,
): Promise<ScanReport> {
  const start = milliseconds();
  const progress = createProgress(stderr, milliseconds);
  const collector = new Collector({ now, explain, excerpts: format.showsExcerpts });
  let notes: readonly string[] = [];
  if (readsStdin) {
    // Loaded when it is needed: it reads patches.
    const { scanStdin } = await import("./scan-stdin.ts");
    await scanStdin(stdin, collector, progress);
  } else {
    notes = await scanFiles(paths, exclude, collector, progress);
  }

  progress.clear();
  return collector.report(notes, (milliseconds() - start) / 1000);
}

function writeNotes(notes: readonly string[], stderr: ProgressStream): void {
  for (const note of notes) stderr.write(`rollcall: note: ${printable(note)}\n`);
}

/** A gap outweighs a finding: the unread part may hold something worse. */
function exitCode(report: ScanReport): ExitCode {
  if (report.gaps.length > 0) return 2;

  return report.findings.length > 0 ? 1 : 0;
}
