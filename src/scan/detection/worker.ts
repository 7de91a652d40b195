/** The code of a thread of the pool: takes a request, gives what was found. Only redacted findings leave it. */
import type { ContentScan } from "./content.ts";
import { scanContent } from "./scan-content.ts";
import { fromWire } from "./wire.ts";
import type { WireRequest } from "./wire.ts";

export default async function search(request: WireRequest): Promise<ContentScan> {
  return await scanContent(fromWire(request));
}
