/** The task list of an issue: ticked by people, and kept ticked when the issue is written again. */

const TICKED = /^- \[[xX]\] (.+)$/gm;

/**
 * @param tasks Markdown of each on one line
 * @param previousBody the body as it stands, anything a person made of it; null for a new issue
 */
export function taskList(tasks: readonly string[], previousBody: string | null): string {
  const ticked = tickedTasks(previousBody);
  return tasks.map((task) => taskLine(task, ticked)).join("\n");
}

export function taskLine(task: string, ticked: ReadonlySet<string>): string {
  return `- [${ticked.has(task) ? "x" : " "}] ${task}`;
}

export function tickedTasks(previousBody: string | null): ReadonlySet<string> {
  return new Set([...(previousBody ?? "").matchAll(TICKED)].map((match) => match[1] ?? ""));
}
