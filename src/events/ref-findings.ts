import type { Finding, Place } from "../domain/index.ts";
import { detect, toFinding } from "../detect/index.ts";

/** The credentials in the name of a branch or tag. They are found here because the name is stored redacted. */
export function findInName(name: string, place: Place, commit: string, now: Date): Finding[] {
  return detect(Buffer.from(name, "utf8"), null, now).detections.map((detection) =>
    toFinding(detection, { place, commit, path: null }),
  );
}
