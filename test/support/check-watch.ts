import type { Project } from "./project.ts";

/** What a commit showed, one entry for each change: `none`, `in_progress`, or the conclusion of the run that counts. */
export function watchCheck(project: Project, head: string): readonly string[] {
  const shown: string[] = [];
  const look = (): void => {
    const run = project.checks(head).at(-1);
    const now = run === undefined ? "none" : (run.conclusion ?? run.status);
    if (shown.at(-1) !== now) shown.push(now);
  };
  look();
  project.github.watch(look);
  return shown;
}
