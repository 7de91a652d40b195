import { noWork } from "../detect/index.ts";
import type { Unopened } from "../scan/index.ts";
import { redactedPath, wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import { withFile } from "./file-chunks.ts";
import type { Step } from "./walk.ts";

/**
 * Scans an archive or compressed file with all that is packed in it, as the app does. No excerpts: the lines inside are
 * gone once they are read.
 *
 * @returns the archives that could not be opened, whose bytes were searched as they are
 * @throws where the file cannot be read
 */
export async function scanContainer(
  { location, path, follow }: Extract<Step, { kind: "file" }>,
  collector: Collector,
): Promise<readonly Unopened[]> {
  // Loaded when it is needed: most runs meet no archive.
  const { searchFile } = await import("../scan/index.ts");
  const bounds = { work: noWork(), budget: Infinity };
  const { now } = collector.wanted;
  return await withFile(location, follow, async (access) => {
    const search = await searchFile(access, path, redactedPath(path), now, bounds);
    collector.bytes += access.size;
    for (const file of search.files)
      collector.addDetected(file.detected, { ...wholeText(file.path, () => []), place: file.place });

    if (search.isCut) collector.addTruncated(path);
    for (const detail of search.notRead)
      collector.addGap({ reason: "too_large", commit: null, path, detail });

    return search.unopened;
  });
}
