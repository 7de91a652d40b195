import { parseArgs } from "node:util";
import { z } from "zod";

/** What the person asked for. */
export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "rules"; readonly format: "text" | "json" }
  | {
      readonly kind: "scan";
      /** Files and folders as given; the current folder where none was. */
      readonly paths: readonly string[];
      readonly stdin: boolean;
      readonly format: Format;
      readonly explain: boolean;
      readonly exclude: readonly string[];
    };
type Format = z.infer<typeof formatSchema>;

const formatSchema = z.enum(["text", "json", "sarif"]);

/** The command line cannot be understood. The message says what is wrong; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

export const HELP = `Finds leaked Stripe keys in files, folders and patches.

  npm run -s scan -- [PATH…] [options]      the current folder where no PATH is given
  git diff | npm run -s scan -- --stdin

Options
  --stdin            read standard input: a patch (its added lines count) or any text
  --format FORMAT    text (default), json or sarif
  --explain          also list what looked like a key and was judged to be none, with the reason
  --rules            print what is looked for, and stop (--format json for machines)
  --exclude GLOB     leave out paths that match; may be repeated. A pattern without "/" is matched
                     against names ("*.log"), any other against paths ("vendor/**")
  --help             print this, and stop

Exit code
  0  nothing found, everything read
  1  something found (of any confidence), everything read
  2  something could not be read, or the scan could not run: what was found is reported all the same

No .gitignore is respected: a leak in an ignored file is a leak. Symbolic links are not followed.
Keys are shown redacted, and nothing is sent anywhere.
`;

/** @throws {UsageError} */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    return { kind: "help" };
  }
  const format = formatSchema.safeParse(values.format ?? "text");
  if (!format.success) {
    throw new UsageError(`--format is one of text, json, sarif`);
  }
  if (values.rules === true) {
    if (format.data === "sarif") {
      throw new UsageError("--rules prints text or json, not sarif");
    }
    return { kind: "rules", format: format.data };
  }
  const stdin = values.stdin === true;
  if (stdin && positionals.length > 0) {
    throw new UsageError("give either --stdin or paths, not both");
  }
  if (positionals.includes("")) {
    throw new UsageError("a PATH is empty");
  }
  const explain = values.explain === true;
  if (explain && format.data === "sarif") {
    throw new UsageError("--explain goes with --format text or json, not sarif");
  }
  return {
    kind: "scan",
    paths: stdin || positionals.length > 0 ? positionals : ["."],
    stdin,
    format: format.data,
    explain,
    exclude: values.exclude ?? [],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stdin: { type: "boolean" },
        format: { type: "string" },
        explain: { type: "boolean" },
        rules: { type: "boolean" },
        exclude: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // Every error that parseArgs throws is about the arguments: https://nodejs.org/api/util.html#utilparseargsconfig
    throw new UsageError(error instanceof Error ? error.message : "the options cannot be understood", {
      cause: error,
    });
  }
}
