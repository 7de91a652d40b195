/** The boxes of an issue that lists many keys, as Rollcall itself reads and writes them. */
import type { CurrentRepository } from "../domain/index.ts";
import { readIssue, updateIssue } from "../github/index.ts";
import type { GitHubClient } from "../github/index.ts";
import { boxesOf, boxIdOf, withoutTicks } from "../report/index.ts";
import type { JobContext } from "./context.ts";
import type { LeakKey } from "./leak-state.ts";

/** The ids that the box of a key may have: the key of the markers may have changed since the list was written. */
export function boxIdsOf(context: JobContext, { reportRepositoryId, fingerprint }: LeakKey): string[] {
  const markers = [
    context.marker(reportRepositoryId, fingerprint),
    ...context.formerMarkers(reportRepositoryId, fingerprint),
  ];
  return markers.map(boxIdOf);
}

/** Takes the tick of a leak back that is open again, so a person can set it anew. */
export async function takeTickBack(
  context: JobContext,
  octokit: GitHubClient,
  place: CurrentRepository,
  number: number,
  leak: LeakKey,
): Promise<void> {
  const { title, body } = await readIssue(octokit, place, number);
  const ids = boxIdsOf(context, leak);
  const boxes = boxesOf(body ?? "");
  if (!ids.some((id) => boxes.get(id) === true)) return;
  await updateIssue(octokit, place, number, { title, body: withoutTicks(body ?? "", new Set(ids)) });
}
