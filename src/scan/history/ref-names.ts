import { detect, redactText, toFinding, whichMayHoldCredential } from "../../detect/index.ts";
import type { Finding } from "../../domain/index.ts";
import type { Ref } from "../../source/index.ts";

export interface NamedFinding {
  readonly finding: Finding;
  /** The ref's name, redacted. */
  readonly ref: string;
}

/** Credentials in the names of branches, tags and other refs. */
export function searchRefNames(refs: readonly Ref[], now: Date): readonly NamedFinding[] {
  const names = refs.map(({ name }) => Buffer.from(name));
  const may = whichMayHoldCredential(names);
  return refs.flatMap((ref, index) => {
    if (may[index] !== true) return [];
    const place = ref.name.startsWith("refs/tags/") ? "tag_name" : "ref_name";
    return detect(names[index] ?? Buffer.alloc(0), null, now).detections.map((detection) => ({
      finding: toFinding(detection, { place, commit: ref.target, path: null }),
      ref: redactText(ref.name),
    }));
  });
}
