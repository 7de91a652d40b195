/** The code of a pool thread: takes a request, returns redacted findings. */
import type { ContentScan } from "./content.ts";
import { scanContent } from "./scan-content.ts";
import { fromWire } from "./wire.ts";
import type { WireRequest } from "./wire.ts";

export default async function search(request: WireRequest): Promise<ContentScan> {
  return await scanContent(fromWire(request));
}
