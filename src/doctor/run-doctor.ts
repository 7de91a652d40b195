import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { z } from "zod";
import { redactText } from "../detect/index.ts";
import { diagnose, renderJson, renderText } from "../diagnosis/index.ts";
import type { Facts } from "../diagnosis/index.ts";
import { askGitHub, wantedOf } from "./ask-github.ts";
import { lookAtDatabase } from "./look-at-database.ts";
import { lookAtFolder, lookAtGit } from "./look-at-machine.ts";
import { lookAtSettings } from "./look-at-settings.ts";

/** The surroundings of the command line: streams, environment, clock, and the files that come with Rollcall. */
export interface DoctorSurroundings {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is, and where relative paths begin. */
  readonly directory: string;
  /** Node's version. */
  readonly node: string;
  readonly now: () => Date;
  /** The text of app.yml. */
  readonly manifest: string;
  /** The text of package.json. */
  readonly packageJson: string;
}

/** 0 no problem, 1 at least one, 2 the options make no sense. */
export type DoctorExitCode = 0 | 1 | 2;

const HELP = `Examines this installation of Rollcall: settings, machine, database, GitHub, webhook. One line each, with what to do.

  npm run -s doctor -- [options]

Options
  --json         print it as JSON
  -h, --help     print this

It reads the environment and .env as Rollcall does, whether Rollcall runs or not, and prints no secret. It changes
nothing on GitHub or in the database, and sends one unsigned request to the webhook's URL.

Exit code
  0  no problem, perhaps warnings
  1  at least one problem
  2  the options make no sense
`;

/** Runs one command line. Throws only on a bug in Rollcall itself. */
export async function runDoctor(
  args: readonly string[],
  surroundings: DoctorSurroundings,
): Promise<DoctorExitCode> {
  const options = optionsOf(args);
  if (options === null) {
    surroundings.stderr.write("rollcall: unknown option. Run with --help for the options.\n");
    return 2;
  }
  if (options.help) {
    surroundings.stdout.write(HELP);
    return 0;
  }
  const diagnosis = diagnose(await gather(surroundings));
  // Nothing should be there to redact; a key in an unexpected place must not be shown all the same.
  surroundings.stdout.write(redactText(options.json ? renderJson(diagnosis) : renderText(diagnosis)));
  return diagnosis.findings.some(({ level }) => level === "problem") ? 1 : 0;
}

function optionsOf(args: readonly string[]): { readonly json: boolean; readonly help: boolean } | null {
  try {
    const { json = false, help = false } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    }).values;
    return { json, help };
  } catch {
    // Every error that parseArgs throws is about the arguments: https://nodejs.org/api/util.html#utilparseargsconfig
    return null;
  }
}

async function gather(surroundings: DoctorSurroundings): Promise<Facts> {
  const { environment, directory, node, now, manifest, packageJson } = surroundings;
  const log = pino({ level: "silent" });
  const { facts: settings, usable, variables } = await lookAtSettings(environment, directory);
  const path = blankAsUnset(variables["DATA_DIR"]) ?? "data";
  const url = blankAsUnset(variables["DATABASE_URL"]);
  const [git, folder, database, github] = await Promise.all([
    lookAtGit(variables["PATH"]),
    lookAtFolder(path, directory),
    lookAtDatabase(resolve(directory, path), url ?? null, log),
    usable === null ? null : askGitHub(usable, wantedOf(manifest), log),
  ]);
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageJson));
  return { at: now(), version, node, settings, git, folder, database, github };
}

function blankAsUnset(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
