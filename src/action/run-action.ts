/**
 * Runs the Action: reads the event's commits in the clone, writes the report to the job's log and SARIF to a file, and
 * decides as the app's check would with its defaults.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { scanRange } from "../cli/index.ts";
import { DEFAULT_CONFIGURATION, outcomeOf } from "../policy/index.ts";
import { FORMATS, printable } from "../report/index.ts";
import type { ScanReport } from "../report/index.ts";
import { GitError, openHistory, resolveCommit } from "../source/index.ts";
import type { HistoryRepository } from "../source/index.ts";
import { scopeOfEvent } from "./event.ts";
import type { EventScope } from "./event.ts";

export interface ActionSurroundings {
  readonly stdout: { write(text: string): unknown };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  /** Milliseconds since any moment; never goes back. */
  readonly milliseconds: () => number;
}

/** What `action.yml` and the runner set: https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
const environmentSchema = z.object({
  GITHUB_EVENT_NAME: z.string(),
  GITHUB_EVENT_PATH: z.string(),
  GITHUB_OUTPUT: z.string(),
  /** The clone. */
  ROLLCALL_PATH: z.string(),
  /** Where the SARIF file goes; empty for none. */
  ROLLCALL_SARIF: z.string(),
});

type ExitCode = 0 | 1 | 2;
type Part = { readonly tips: readonly string[] | null; readonly known: readonly string[] };
type Scan = (part: Part) => Promise<ScanReport>;

const NEVER = new AbortController().signal;

/**
 * Runs one job's scan.
 *
 * @returns 0 nothing that fails a check, 1 a key that does, 2 not everything could be read
 */
export async function runAction(surroundings: ActionSurroundings): Promise<ExitCode> {
  const { environment, stdout } = surroundings;
  const settings = environmentSchema.parse(environment);
  const say = (text: string): void => writePlainly(stdout, text);
  const payload: unknown = JSON.parse(readFileSync(settings.GITHUB_EVENT_PATH, "utf8"));
  const scope = scopeOfEvent(settings.GITHUB_EVENT_NAME, payload);
  if (scope.kind === "nothing") {
    say("A branch or tag was deleted: there is nothing to read.\n");
    return output(settings.GITHUB_OUTPUT, 0, "");
  }
  try {
    const repository = openHistory(settings.ROLLCALL_PATH, environment);
    const scan: Scan = async (part) => await scanPart(repository, part, surroundings);
    const part = await partOf(repository, scope);
    if (part === null) {
      say("The clone does not have the event's commit. Give actions/checkout `fetch-depth: 0`.\n");
      return output(settings.GITHUB_OUTPUT, 2, "");
    }
    const report = await scan(part);
    say(render("text", report, surroundings.version));
    const code = verdict(report);
    say(verdictWords(report, code, repository));
    if (settings.ROLLCALL_SARIF === "") return output(settings.GITHUB_OUTPUT, code, "");
    const all = needsAll(scope, part) ? await scan({ ...part, known: [] }) : report;
    writeFileSync(settings.ROLLCALL_SARIF, render("sarif", all, surroundings.version));
    return output(settings.GITHUB_OUTPUT, code, settings.ROLLCALL_SARIF);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    say(`rollcall: ${printable(error.message)}\n`);
    return output(settings.GITHUB_OUTPUT, 2, "");
  }
}

async function scanPart(
  repository: HistoryRepository,
  part: Part,
  { now, milliseconds }: ActionSurroundings,
): Promise<ScanReport> {
  const start = milliseconds();
  const interruption = { reading: NEVER, everything: NEVER };
  const scanned = await scanRange(repository, part, { now, interruption }, { update: () => null });
  return { ...scanned, seconds: (milliseconds() - start) / 1000 };
}

/** Null where the clone has not what is new. */
async function partOf(
  repository: HistoryRepository,
  scope: Exclude<EventScope, { kind: "nothing" }>,
): Promise<Part | null> {
  if (scope.kind === "everything") return { tips: null, known: [] };
  if ((await resolveCommit(repository, scope.tip, NEVER)) === null) return null;
  const known = await commitsOf(repository, scope.known);
  return {
    tips: [scope.tip],
    known: known.length > 0 ? known : await commitsOf(repository, scope.otherwise),
  };
}

/** Those that the clone has. */
async function commitsOf(
  repository: HistoryRepository,
  revisions: readonly string[],
): Promise<readonly string[]> {
  const commits: string[] = [];
  for (const revision of revisions) {
    const commit = await resolveCommit(repository, revision, NEVER);
    if (commit !== null) commits.push(commit);
  }
  return commits;
}

/**
 * Code scanning closes an alert that the next report of the branch does not have, but a key stays leaked. So the file for a
 * push has the whole history of the branch.
 */
function needsAll(scope: EventScope, { known }: Part): boolean {
  return scope.kind === "new" && scope.isOnce && known.length > 0;
}

function verdict({ gaps, findings }: ScanReport): ExitCode {
  if (gaps.length > 0) return 2;
  const fails = findings.some(
    ({ finding }) => outcomeOf(finding, DEFAULT_CONFIGURATION).effect === "failure",
  );
  return fails ? 1 : 0;
}

function verdictWords(report: ScanReport, code: ExitCode, { shallow }: HistoryRepository): string {
  if (code === 1) return "\nThis fails the job: roll the keys, then remove them from the code.\n";
  if (code === 2) {
    const hint = shallow.length > 0 ? " The clone is shallow: give actions/checkout `fetch-depth: 0`." : "";
    return `\nNot everything was read, so this fails the job.${hint}\n`;
  }
  return report.findings.length > 0 ? "\nNone of this fails the job.\n" : "";
}

function render(format: "text" | "sarif", report: ScanReport, version: string): string {
  const found = FORMATS.find(({ name }) => name === format);
  return found?.render(report, { colour: false, version }) ?? "";
}

/**
 * A line of the log that begins with `::` is a command to the runner, and names of files are a stranger's:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
function writePlainly(stdout: { write(text: string): unknown }, text: string): void {
  const token = randomUUID();
  stdout.write(`::stop-commands::${token}\n${text}${text.endsWith("\n") ? "" : "\n"}::${token}::\n`);
}

function output(file: string, code: ExitCode, sarif: string): ExitCode {
  appendFileSync(file, `exit-code=${code}\nsarif-file=${sarif}\n`);
  return code;
}
