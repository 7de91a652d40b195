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

/** The id of a key's box in an issue that lists many: the beginning of its marker. */
export function boxIdOf(marker: string): string {
  return marker.slice(0, 16);
}

/** Ends the line of a box, so a tick is known to be of this key. `events/issues.ts` reads it too. */
export function boxMarker(marker: string): string {
  return `<!-- key:${boxIdOf(marker)} -->`;
}

const BOX = /^- \[([ xX])\] (.*<!-- key:([0-9a-f]{8,64}) -->)$/gm;

/** Whether each box of a body is ticked, by its id. */
export function boxesOf(body: string): ReadonlyMap<string, boolean> {
  return new Map([...body.matchAll(BOX)].map(([, tick = " ", , id = ""]) => [id, tick !== " "]));
}

/** The body with these boxes unticked. */
export function withoutTicks(body: string, ids: ReadonlySet<string>): string {
  return body.replaceAll(BOX, (line: string, _tick: string, rest: string, id: string) =>
    ids.has(id) ? `- [ ] ${rest}` : line,
  );
}
