import type { CurrentRepository } from "../domain/index.ts";
import type { JobContext } from "./context.ts";

/** Readings in a row that fail before people are told: GitHub or the network may be back soon. */
export const MAX_SILENT_FAILURES = 3;

/** Why a history was not read, where the owner wants none to be. */
export const HISTORY_OFF = "The owner's configuration has history: off.";

/**
 * Whether the owner wants histories to be read. With `mode: observe` they are, because a trial shows what there is.
 *
 * @throws GitHubError if GitHub does not show the configuration
 */
export async function isHistoryWanted(context: JobContext, repository: CurrentRepository): Promise<boolean> {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  return configuration.history !== "off";
}
