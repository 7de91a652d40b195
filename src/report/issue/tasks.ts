/** The task list of an issue: people tick it, and their ticks survive when the issue is written again. */

const TICKED = /^- \[[xX]\] (?:\*\*\d+\.\*\* )?(.+)$/gm;

/**
 * Numbered, in order. The numbers are part of the text, because GitHub shows none in a task list.
 *
 * @param tasks Markdown of each on one line
 * @param previousBody the body as it is now, whatever people made of it; null for a new issue
 */
export function numberedTasks(tasks: readonly string[], previousBody: string | null): string {
  const ticked = tickedTasks(previousBody);
  return tasks.map((task, index) => `- ${box(task, ticked)} **${index + 1}.** ${task}`).join("\n");
}

/** One task in any order. */
export function taskLine(task: string, ticked: ReadonlySet<string>): string {
  return `- ${box(task, ticked)} ${task}`;
}

function box(task: string, ticked: ReadonlySet<string>): string {
  return `[${ticked.has(task) ? "x" : " "}]`;
}

export function tickedTasks(previousBody: string | null): ReadonlySet<string> {
  return new Set([...(previousBody ?? "").matchAll(TICKED)].map((match) => match[1] ?? ""));
}
