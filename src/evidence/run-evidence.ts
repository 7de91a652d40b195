import { parseArgs } from "node:util";
import { pino } from "pino";
import { z } from "zod";
import { LEAK_STATES } from "../domain/index.ts";
import type { LeakStateName } from "../domain/index.ts";
import { EVIDENCE_FORMATS, printable } from "../report/index.ts";
import type { EvidenceFormat } from "../report/index.ts";
import { checkSchema, openExistingDatabase, readEvidence, StoreError } from "../store/index.ts";
import { composeEvidence } from "./compose-evidence.ts";

/** The surroundings of the command line: streams, environment, clock. */
export interface EvidenceSurroundings {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** `DATABASE_URL` and `DATA_DIR`, as the app reads them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/** 0 no leak that was printed is open, 1 one is, 2 the record could not be read. */
export type EvidenceExitCode = 0 | 1 | 2;

const HELP = `Prints the record as evidence: what was found, filed, rolled and dismissed, when, and on whose word. Never a key.

  npm run -s leaks -- [options]

Options
  --state STATE      only leaks in this state: ${LEAK_STATES.join(", ")}; can be repeated
  --format FORMAT    how to print it:
${EVIDENCE_FORMATS.map(({ name, description }, index) => `                       ${name.padEnd(6)} ${description}${index === 0 ? " (default)" : ""}`).join("\n")}
  -h, --help         print this

It reads the database of DATABASE_URL, otherwise the one in DATA_DIR (default: data), whether Rollcall runs or not.

Exit code
  0  no printed leak is open
  1  at least one printed leak is open
  2  the record could not be read, or the options make no sense
`;

/** The command line makes no sense. */
class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

interface Request {
  readonly help: boolean;
  readonly states: readonly LeakStateName[];
  readonly format: EvidenceFormat;
}

const blankAsUnset = (value: unknown): unknown => (value === "" ? undefined : value);

const environmentSchema = z.object({
  DATABASE_URL: z.preprocess(
    blankAsUnset,
    z
      .string()
      .regex(/^postgres(?:ql)?:\/\/\S+$/, "DATABASE_URL must be a postgres:// address")
      .optional(),
  ),
  DATA_DIR: z.preprocess(blankAsUnset, z.string().default("data")),
});

/** Runs one command line. Reports what goes wrong on standard error; throws only on a bug in Rollcall itself. */
export async function runEvidence(
  args: readonly string[],
  surroundings: EvidenceSurroundings,
): Promise<EvidenceExitCode> {
  try {
    const request = parse(args);
    if (request.help) {
      surroundings.stdout.write(HELP);
      return 0;
    }
    return await print(request, surroundings);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof StoreError)) throw error;
    const hint = error instanceof UsageError ? "Run with --help for the options.\n" : "";
    surroundings.stderr.write(`rollcall: ${printable(error.message)}\n${hint}`);
    return 2;
  }
}

async function print(
  { states, format }: Request,
  { stdout, environment, now }: EvidenceSurroundings,
): Promise<EvidenceExitCode> {
  const set = environmentSchema.safeParse(environment);
  if (!set.success) throw new UsageError(set.error.issues[0]?.message ?? "the environment is not right");
  const { DATABASE_URL: url = null, DATA_DIR: directory } = set.data;
  const database = await openExistingDatabase({ directory, url, log: pino({ level: "silent" }) });
  try {
    await checkSchema(database);
    const evidence = composeEvidence(await readEvidence(database), states, now());
    stdout.write(format.render(evidence));
    return evidence.leaks.some(({ state }) => state === "open") ? 1 : 0;
  } finally {
    await database.close();
  }
}

function parse(args: readonly string[]): Request {
  const { state = [], format, help = false } = valuesOf(args);
  const states = LEAK_STATES.filter((each) => state.includes(each));
  const unknown = state.find((each) => !LEAK_STATES.some((known) => known === each));
  if (unknown !== undefined) throw new UsageError(`--state must be one of: ${LEAK_STATES.join(", ")}`);
  const chosen = EVIDENCE_FORMATS.find(({ name }) => name === (format ?? EVIDENCE_FORMATS[0]?.name));
  if (chosen === undefined)
    throw new UsageError(`--format must be one of: ${EVIDENCE_FORMATS.map(({ name }) => name).join(", ")}`);

  return { help, states, format: chosen };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        state: { type: "string", multiple: true },
        format: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // Every error that parseArgs throws is about the arguments: https://nodejs.org/api/util.html#utilparseargsconfig
    throw new UsageError(error instanceof Error ? error.message : "the options make no sense", {
      cause: error,
    });
  }
}
