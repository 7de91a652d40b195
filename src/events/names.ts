import type { Finding, Place } from "../domain/index.ts";
import { detect, redactText, toFinding } from "../detect/index.ts";

/** A name that a stranger chose, safe to store and log: a credential in it is redacted. */
export function safeName(name: string): string {
  return redactText(name);
}

/** The credentials in the name of a branch or tag. They are found here, for the name is stored redacted. */
export function findInName(name: string, place: Place, commit: string): Finding[] {
  return detect(Buffer.from(name, "utf8"), null, new Date()).detections.map((detection) =>
    toFinding(detection, { place, commit, path: null }),
  );
}
