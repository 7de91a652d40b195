import type { Logger } from "pino";
import type { ScanContent } from "../scan/index.ts";

/** The same search; archives that are encrypted or damaged, whose bytes were searched as they are, go to the log. */
export function logUnopened(scanContent: ScanContent, log: Logger): ScanContent {
  return async (request) => {
    const scan = await scanContent(request);
    for (const { path, reason } of scan.unopened)
      log.info({ path, reason }, "archive searched without being unpacked");

    return scan;
  };
}
