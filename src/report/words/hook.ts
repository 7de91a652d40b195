import type { Place } from "../../domain/index.ts";

/** A git hook that would have stopped the leak. Each was tried with git and the command line. */
export interface Hook {
  /** Name of its file in `.git/hooks`. */
  readonly name: string;
  /** What it runs before: `is committed`. */
  readonly moment: string;
  readonly command: string;
}

const SCAN = "node /path/to/rollcall/src/cli.ts --stdin";

const STAGED: Hook = {
  name: "pre-commit",
  moment: "is committed",
  command: `git diff --cached | ${SCAN}`,
};
/** Git writes the names of the pushed refs to its standard input. */
const NAMES: Hook = { name: "pre-push", moment: "is pushed", command: SCAN };

/** The first whose place is among those asked for counts. */
const HOOKS: readonly (readonly [Place, Hook])[] = [
  ["content", STAGED],
  ["path", STAGED],
  ["commit_message", { name: "commit-msg", moment: "is committed", command: `${SCAN} < "$1"` }],
  ["author", { name: "pre-commit", moment: "is committed", command: `git var GIT_AUTHOR_IDENT | ${SCAN}` }],
  ["ref_name", NAMES],
  ["tag_name", NAMES],
  [
    "tag_message",
    {
      name: "pre-push",
      moment: "is pushed",
      command: `git for-each-ref --format='%(contents)' refs/tags | ${SCAN}`,
    },
  ],
];

/** Null where there are no places. */
export function hookFor(places: readonly Place[]): Hook | null {
  const all = new Set(places);
  return HOOKS.find(([place]) => all.has(place))?.[1] ?? null;
}
