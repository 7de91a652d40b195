/**
 * Scans what is staged for the next commit: the content of each file in the index, as a commit of it would be placed. What the
 * commit below holds at the same path is not new.
 */
import { gapOf } from "../../domain/index.ts";
import type { Finding, Gap } from "../../domain/index.ts";
import { redactText } from "../../detect/index.ts";
import { listFiles, listStaged } from "../../source/index.ts";
import type { FileChange, HistoryRepository } from "../../source/index.ts";
import { FoundObjects } from "./found.ts";
import { Introductions } from "./introductions.ts";
import { unopenedIn } from "./place-findings.ts";
import type { Placed } from "./place-findings.ts";
import { readBlobs } from "./read-blobs.ts";

const NO_OBJECT = /^0+$/;

export interface StagedRequest {
  readonly repository: HistoryRepository;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface StagedScan {
  /** In the order of their paths. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly files: number;
  readonly bytes: number;
  readonly unopened: Placed["unopened"];
  /** Ids of Git LFS pointers. */
  readonly pointers: readonly string[];
  readonly submodules: readonly string[];
}

/** @throws {GitError} where git cannot list what is staged */
export async function scanStaged(request: StagedRequest): Promise<StagedScan> {
  const { repository, now, signal } = request;
  const { changes, parents, submodules } = await listStaged(repository, signal);
  const added = changes.filter(({ after }) => !NO_OBJECT.test(after));
  const found = new FoundObjects();
  const read = await readBlobs(request, idsOf(added), { brotli: false, found });
  const brotli = idsOf(added.filter(({ path }) => path.endsWith(".br")));
  const again = await readBlobs(request, brotli, { brotli: true, found });
  const introductions = new Introductions(found, now, { isEarlier: () => true, hasNames: true });
  introductions.add(0, "", changes);
  const needsEarlier = found.hits.size > 0;
  const before = new FoundObjects();
  if (needsEarlier) await readBlobs(request, introductions.earlierBlobs(), { brotli: false, found: before });
  introductions.setEarlier(before);
  if (introductions.list().some(({ finding }) => finding.place === "path")) {
    const take = (path: string): void => introductions.addEarlierPath(path);
    for (const commit of parents) await listFiles(repository, commit, take, signal).catch(() => null);
  }
  return {
    findings: introductions.list().map(({ finding }) => ({ ...finding, commit: null })),
    gaps: [
      ...read.gaps,
      ...again.gaps,
      ...found.gaps(),
      ...unreadOf(found, introductions),
      ...added.filter(({ after }) => !read.isThere(after)).map(missingGap),
    ],
    files: added.length,
    bytes: read.bytes,
    unopened: unopenedIn(found, introductions),
    pointers: found.pointers,
    submodules: submodules.map((path) => redactText(textOf(path))),
  };
}

function idsOf(changes: readonly FileChange[]): ReadonlySet<string> {
  return new Set(changes.map(({ after }) => after));
}

function unreadOf(found: FoundObjects, introductions: Introductions): readonly Gap[] {
  return found.unread.map(({ id, reason, detail }) =>
    gapOf({ reason, path: redactText(introductions.placeOf(id)?.path ?? ""), detail, blob: id }),
  );
}

function missingGap({ path, after }: FileChange): Gap {
  return gapOf({
    reason: "git_failed",
    path: redactText(textOf(path)),
    detail: "git does not have its content, or cannot read it",
    blob: after,
  });
}

/** Git's bytes as text: a path is UTF-8 as a rule. */
function textOf(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}
