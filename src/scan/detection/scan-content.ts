/**
 * Searches the content of one file of a commit, whole or by its hunks, and says which findings the commit adds. It is the
 * same on every thread: bytes in, redacted findings and gaps out. It asks no source for more, but says when more is needed.
 */
import { detectWithin, noWork, redactText, toFinding } from "../../detect/index.ts";
import type { Detected, Detection, DetectorBounds } from "../../detect/index.ts";
import type { Hunk } from "../../diff/index.ts";
import { gapOf } from "../../domain/index.ts";
import type { Finding, Gap } from "../../domain/index.ts";
import { formatOf, HEAD_BYTES, inMemory } from "../../unpack/index.ts";
import { MAX_CONTENT_FINDINGS, MAX_CONTENT_WORK } from "./content.ts";
import type { ContentRequest, ContentScan } from "./content.ts";
import { addedOnly, isWhole, mayBeContainer, mayEndAKey, placed } from "./hunks.ts";
import { searchFile } from "./search-file.ts";

/** Searches on this thread. */
export async function scanContent(request: ContentRequest): Promise<ContentScan> {
  const bounds = { work: noWork(), budget: MAX_CONTENT_WORK };
  return isContainer(request) ? await scanContainer(request, bounds) : scanPlain(request, bounds);
}

/** Whether the file must be unpacked, which hunks do not allow. */
export function isContainer({ path, content }: ContentRequest): boolean {
  const whole = wholeOf(content);
  return path !== null && whole !== null && formatOf(whole.bytes.subarray(0, HEAD_BYTES), path) !== null;
}

/** The same for a file that is not a container, synchronously. */
export function scanPlain({ path, now, content }: ContentRequest, bounds: DetectorBounds): ContentScan {
  const search = (bytes: Uint8Array): Detected => detectWithin(bytes, path, now, bounds);
  const whole = wholeOf(content);
  if (whole !== null) {
    const detected = search(whole.bytes);
    return answer(path, addedOnly(detected.detections, whole.hunks), [detected], false);
  }
  const hunks = content.hunks ?? [];
  const detected = hunks.map((hunk) => search(hunk.text));
  const detections = hunks.flatMap((hunk, index) => placed(detected[index]?.detections ?? [], hunk));
  const needsWhole = detections.length > 0 || hunks.some(mayEndAKey) || mayBeContainer(path, hunks);
  return answer(path, detections, detected, needsWhole);
}

async function scanContainer(request: ContentRequest, bounds: DetectorBounds): Promise<ContentScan> {
  const { path, now, content } = request;
  const whole = wholeOf(content);
  if (path === null || whole === null) return scanPlain(request, bounds);
  const shown = redactText(path);
  const search = await searchFile(inMemory(whole.bytes), path, shown, now, bounds);
  const findings = search.files.flatMap((file) => {
    const { detections } = file.detected;
    // An archive's bytes do not say which of its files are new, so all count.
    const added = file.isInner ? detections : addedOnly(detections, whole.hunks);
    return added.map((detection) => findingOf(detection, file.path, file.place));
  });
  const gaps = search.notRead.map((detail) => gapOf({ reason: "too_large", path: shown, detail }));
  if (search.isCut || findings.length > MAX_CONTENT_FINDINGS) gaps.push(tooMany(shown));
  if (search.isOverBudget) gaps.push(tooMuchWork(shown));
  return {
    findings: findings.slice(0, MAX_CONTENT_FINDINGS),
    gaps,
    unopened: search.unopened,
    needsWhole: false,
    isOverBudget: search.isOverBudget,
  };
}

/** The whole file, also if a hunk contains it. */
function wholeOf(
  content: ContentRequest["content"],
): { readonly bytes: Uint8Array; readonly hunks: readonly Hunk[] | null } | null {
  if (content.kind === "whole") return content;
  const [first] = content.hunks;
  if (first === undefined || content.hunks.length > 1 || !isWhole(first)) return null;
  return { bytes: first.text, hunks: content.hunks };
}

function answer(
  path: string | null,
  detections: readonly Detection[],
  detected: readonly Detected[],
  needsWhole: boolean,
): ContentScan {
  const shown = path === null ? null : redactText(path);
  const gaps: Gap[] = [];
  const isCut = detections.length > MAX_CONTENT_FINDINGS || detected.some((one) => one.truncated === true);
  if (isCut) gaps.push(tooMany(shown));
  const isOverBudget = detected.some((one) => one.overBudget === true);
  if (isOverBudget) gaps.push(tooMuchWork(shown));
  return {
    findings: detections
      .slice(0, MAX_CONTENT_FINDINGS)
      .map((detection) => findingOf(detection, shown, "content")),
    gaps,
    unopened: [],
    needsWhole,
    isOverBudget,
  };
}

function findingOf(detection: Detection, path: string | null, place: Finding["place"]): Finding {
  return toFinding(detection, { place, commit: null, path });
}

function tooMany(path: string | null): Gap {
  return gapOf({ reason: "too_many_findings", path, detail: "more findings than are listed of one file" });
}

function tooMuchWork(path: string | null): Gap {
  return gapOf({ reason: "too_large", path, detail: "searching it takes more work than one file is given" });
}
