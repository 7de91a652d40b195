import { parseArgs } from "node:util";
import { DEFAULT_FORMAT, FORMATS } from "../report/command-line.ts";
import type { ReportFormat } from "../report/index.ts";
import { RULES_FORMATS } from "./rules.ts";
import type { RulesFormat } from "./rules.ts";

/** The request of a command line. */
export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "rules"; readonly format: RulesFormat }
  | {
      readonly kind: "scan";
      /** Files and folders as given; the current folder if none was. */
      readonly paths: readonly string[];
      readonly stdin: boolean;
      readonly format: ReportFormat;
      readonly explain: boolean;
      readonly exclude: readonly string[];
    }
  | {
      readonly kind: "history";
      /** The repository, or a folder in it. */
      readonly path: string;
      readonly since: string | null;
      readonly branch: string | null;
      readonly format: ReportFormat;
    }
  | {
      readonly kind: "staged";
      /** The repository, or a folder in it; null for that of the current folder. */
      readonly path: string | null;
      readonly format: ReportFormat;
    };

/** The command line makes no sense. The message says why; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** @throws {UsageError} */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { kind: "help" };

  if (values.version === true) return { kind: "version" };

  const format = formatNamed(values.format);
  if (values.rules === true) {
    const rulesFormat = RULES_FORMATS.find((name) => name === format.name);
    if (rulesFormat === undefined)
      throw new UsageError(`--rules works with ${formatsAre(RULES_FORMATS)} only, not ${format.name}`);

    return { kind: "rules", format: rulesFormat };
  }
  if (values.staged === true) return stagedCommand(values, positionals, format);

  if (values.git === true) return historyCommand(values, positionals, format);

  if (values.since !== undefined || values.branch !== undefined)
    throw new UsageError("--since and --branch work with --git only");

  const stdin = values.stdin === true;
  if (stdin && positionals.length > 0) throw new UsageError("give either --stdin or paths, not both");

  if (positionals.includes("")) throw new UsageError("a PATH is empty");

  const explain = values.explain === true;
  if (explain && !format.showsDismissals) {
    const explaining = FORMATS.filter((each) => each.showsDismissals).map(({ name }) => name);
    throw new UsageError(`--explain works with ${formatsAre(explaining)} only, not ${format.name}`);
  }
  return {
    kind: "scan",
    paths: stdin || positionals.length > 0 ? positionals : ["."],
    stdin,
    format,
    explain,
    exclude: values.exclude ?? [],
  };
}

function historyCommand(
  values: ReturnType<typeof parse>["values"],
  positionals: readonly string[],
  format: ReportFormat,
): Command {
  const [path = ".", ...others] = positionals;
  if (others.length > 0) throw new UsageError("--git reads one repository at a time");

  if (path === "") throw new UsageError("a PATH is empty");

  if (values.stdin === true || values.explain === true || values.exclude !== undefined)
    throw new UsageError("--git works without --stdin, --explain and --exclude");

  return { kind: "history", path, since: values.since ?? null, branch: values.branch ?? null, format };
}

function stagedCommand(
  { git, since, branch, stdin, explain, exclude }: ReturnType<typeof parse>["values"],
  positionals: readonly string[],
  format: ReportFormat,
): Command {
  if (positionals.length > 1) throw new UsageError("--staged reads one repository at a time");

  if (positionals.includes("")) throw new UsageError("a PATH is empty");

  if ([git, since, branch, stdin, explain, exclude].some((value) => value !== undefined))
    throw new UsageError("--staged works with --format only");

  return { kind: "staged", path: positionals[0] ?? null, format };
}

function formatNamed(name: string | undefined): ReportFormat {
  const format = name === undefined ? DEFAULT_FORMAT : FORMATS.find((each) => each.name === name);
  if (format === undefined)
    throw new UsageError(`--format must be one of: ${FORMATS.map((each) => each.name).join(", ")}`);

  return format;
}

function formatsAre(names: readonly string[]): string {
  return `--format ${names.join(" or ")}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stdin: { type: "boolean" },
        git: { type: "boolean" },
        staged: { type: "boolean" },
        since: { type: "string" },
        branch: { type: "string" },
        format: { type: "string" },
        explain: { type: "boolean" },
        rules: { type: "boolean" },
        exclude: { type: "string", multiple: true },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // Every error that parseArgs throws is about the arguments: https://nodejs.org/api/util.html#utilparseargsconfig
    throw new UsageError(error instanceof Error ? error.message : "the options make no sense", {
      cause: error,
    });
  }
}
