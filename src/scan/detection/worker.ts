/** The code of a pool thread: takes a request, returns redacted findings; or finds one key again, for the pool alone. */
import { noWork } from "../../detect/index.ts";
import { MAX_CONTENT_WORK } from "./content.ts";
import type { ContentScan } from "./content.ts";
import { keyPartsIn } from "./key-in-content.ts";
import type { KeyParts, KeyRequest } from "./key-in-content.ts";
import { scanContent } from "./scan-content.ts";
import { fromWire } from "./wire.ts";
import type { WireRequest } from "./wire.ts";

export default async function search(
  request: WireRequest | KeyRequest,
): Promise<ContentScan | KeyParts | null> {
  if ("fingerprint" in request)
    return await keyPartsIn(request, { work: noWork(), budget: MAX_CONTENT_WORK });
  return await scanContent(fromWire(request));
}
