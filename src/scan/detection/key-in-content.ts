/**
 * Finds the text of one credential again in content that is known to hold it, by its fingerprint. The only search whose
 * result is not redacted, for the one place that asks Stripe about a key.
 */
import { detectWithin, noWork } from "../../detect/index.ts";
import type { Detection, DetectorBounds } from "../../detect/index.ts";
import { Secret } from "../../domain/index.ts";
import { inMemory } from "../../unpack/index.ts";
import { MAX_CONTENT_WORK } from "./content.ts";
import type { ContentRequest } from "./content.ts";
import { isContainer } from "./scan-content.ts";
import { searchFile } from "./search-file.ts";

/** The whole of one text or file. */
export interface KeyRequest {
  readonly path: string | null;
  readonly now: Date;
  readonly bytes: Uint8Array;
  readonly fingerprint: string;
}

/** Finds a credential again; null where the content does not hold it. */
export type FindKey = (request: KeyRequest) => Promise<Secret | null>;

/** The parts of a secret as they cross threads. */
export interface KeyParts {
  readonly text: string;
  readonly prefix: string;
}

/** Searches on this thread. */
export async function findKey(request: KeyRequest): Promise<Secret | null> {
  const parts = await keyPartsIn(request, { work: noWork(), budget: MAX_CONTENT_WORK });
  return parts === null ? null : new Secret(parts.text, parts.prefix);
}

export async function keyPartsIn(request: KeyRequest, bounds: DetectorBounds): Promise<KeyParts | null> {
  const { path, now, bytes, fingerprint } = request;
  const found =
    path !== null && isContainer(contentOf(request))
      ? (await searchFile(inMemory(bytes), path, path, now, bounds)).files.flatMap(
          ({ detected }) => detected.detections,
        )
      : detectWithin(bytes, path, now, bounds).detections;
  return partsOf(found.find(({ secret }) => secret.fingerprint === fingerprint));
}

export function contentOf({ path, now, bytes }: KeyRequest): ContentRequest {
  return { path, now, content: { kind: "whole", bytes, hunks: null } };
}

function partsOf(detection: Detection | undefined): KeyParts | null {
  if (detection === undefined) return null;
  const [prefix = ""] = detection.secret.redacted.split("…");
  return { text: detection.secret.reveal(), prefix };
}
