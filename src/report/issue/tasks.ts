/** The task list of an issue: people tick it, and their ticks survive when the issue is written again. */

const TICKED = /^(?:-|\d+\.) \[[xX]\] (.+)$/gm;

/**
 * Numbered, in order.
 *
 * @param tasks Markdown of each on one line
 * @param previousBody the body as it is now, whatever people made of it; null for a new issue
 */
export function numberedTasks(tasks: readonly string[], previousBody: string | null): string {
  const ticked = tickedTasks(previousBody);
  return tasks.map((task, index) => `${index + 1}. ${box(task, ticked)}`).join("\n");
}

/** One task in any order. */
export function taskLine(task: string, ticked: ReadonlySet<string>): string {
  return `- ${box(task, ticked)}`;
}

function box(task: string, ticked: ReadonlySet<string>): string {
  return `[${ticked.has(task) ? "x" : " "}] ${task}`;
}

export function tickedTasks(previousBody: string | null): ReadonlySet<string> {
  return new Set([...(previousBody ?? "").matchAll(TICKED)].map((match) => match[1] ?? ""));
}
