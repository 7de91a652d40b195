import { DEFAULT_FORMAT, FORMATS } from "../report/command-line.ts";

const FORMAT_LINES = FORMATS.map(
  (format) =>
    `                       ${format.name.padEnd(6)} ${format.description}${format === DEFAULT_FORMAT ? " (default)" : ""}`,
).join("\n");

/** What `--help` prints. `command` starts the command line: `rollcall` in the package, a script of npm in the repository. */
export function help(command: string): string {
  return `Finds leaked Stripe keys in files, folders, patches and git histories.

  ${command} [PATH…] [options]
      scans files and folders; the current folder if no PATH is given
  ${command} --staged [PATH] [options]
      scans what the next commit of a git repository would add
  git diff | ${command} --stdin
      scans a patch or any other text
  ${command} --git [PATH] [options]
      scans the whole history of a git repository

${OPTIONS}`;
}

const OPTIONS = `Options
  --staged           read what is staged for the next commit, not the working tree. What the last
                     commit holds at the same path already is left out
  --git              read every object of the repository: all branches, tags, notes, and what no ref
                     leads to any more. Ctrl-C ends it with what was found so far
  --since REV        with --git: only what is new since a commit, tag or branch
  --branch NAME      with --git: only the history of one branch
  --stdin            read standard input: a patch (only its added lines count) or any other text
  --format FORMAT    how to print the report:
${FORMAT_LINES}
  --explain          also list what looked like a key but is not one, and why
  --rules            print what Rollcall looks for, and exit (--format json for programs)
  --exclude GLOB     skip paths that match; can be repeated. A pattern without "/" is matched
                     against names ("*.log"), any other against paths ("vendor/**")
  --version          print the version, and exit
  --help             print this help, and exit

Exit code
  0  found nothing, and read everything
  1  found something, whatever its confidence, and read everything
  2  could not read everything, or could not run; what was found is still reported

Files in .gitignore are scanned too: a key in them is still a leak. Symbolic links are not followed.
Keys are shown redacted. Nothing is sent anywhere.
`;
