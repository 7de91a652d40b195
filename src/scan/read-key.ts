/**
 * Reads one key again from the commit in which it was found, because no key is ever stored. REST is asked first, then git.
 * A finding in the name of a ref is not read again: the record has the name redacted.
 */
import { outerPath } from "../domain/index.ts";
import type { Finding, Secret } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { GitError } from "../source/index.ts";
import type { ChangedFile, CommitContent, CommitSource, GitSource, RestSource } from "../source/index.ts";
import type { FindKey } from "./detection/index.ts";

export type KeyReading =
  | { readonly kind: "key"; readonly key: Secret }
  /** Neither source has the commit any more. */
  | { readonly kind: "gone" }
  /** This time, or from this place, the key could not be read. */
  | { readonly kind: "unread" };

export interface KeySources {
  readonly rest: RestSource;
  readonly git: GitSource;
  readonly findKey: FindKey;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * @throws GitHubError `rate_limited`: the same may work later
 */
export async function readKey(finding: Finding, sources: KeySources): Promise<KeyReading> {
  const { commit, place } = finding;
  if (commit === null || place === "ref_name" || place === "tag_name") return { kind: "unread" };
  if (place === "tag_message") return await keyInTag(commit, finding, sources);
  const atPath = await keyAtPath(commit, finding, sources);
  if (atPath !== null) return { kind: "key", key: atPath };
  const byRest = await keyInCommit(sources.rest, commit, finding, sources);
  if (byRest.kind === "key") return byRest;
  const byGit = await keyByGit(commit, finding, sources);
  return byGit.kind === "gone" && byRest.kind !== "gone" ? { kind: "unread" } : byGit;
}

/** The usual case, by one request: a file that is still there under its name. */
async function keyAtPath(commit: string, finding: Finding, sources: KeySources): Promise<Secret | null> {
  const { place, path } = finding;
  if (place !== "content" || path === null) return null;
  const outer = outerPath(path);
  const bytes = await sources.rest.readAt(commit, outer, sources.signal);
  return bytes === null ? null : await search(bytes, outer, finding, sources);
}

async function keyInTag(tag: string, finding: Finding, sources: KeySources): Promise<KeyReading> {
  const read = await sources.rest.readTag(tag, sources.signal);
  if (read.kind === "gap") return read.gap.detail === "not_found" ? { kind: "gone" } : { kind: "unread" };
  const key = await search(Buffer.from(read.text, "utf8"), null, finding, sources);
  return key === null ? { kind: "unread" } : { kind: "key", key };
}

async function keyByGit(commit: string, finding: Finding, sources: KeySources): Promise<KeyReading> {
  const { git, signal } = sources;
  try {
    const { commits, gaps } = await git.prepareTips([commit], [], signal);
    if (commits.length === 0)
      return gaps.some(({ reason }) => reason === "unavailable") ? { kind: "gone" } : { kind: "unread" };

    return await keyInCommit(git, commit, finding, sources);
  } catch (error) {
    if (error instanceof GitError) return { kind: "unread" };
    throw error;
  }
}

/** What GitHub answers for a commit that it does not have: 404, and 422 "No commit found for SHA". */
const NO_SUCH_COMMIT: ReadonlySet<string> = new Set(["not_found", "rejected"]);

async function keyInCommit(
  source: CommitSource,
  commit: string,
  finding: Finding,
  sources: KeySources,
): Promise<KeyReading> {
  let isGone = false;
  for await (const content of source.read([commit], sources.signal)) {
    isGone ||= content.gaps.some(
      ({ reason, detail }) => reason === "api_failed" && NO_SUCH_COMMIT.has(detail),
    );
    const key = await keyInContent(source, content, finding, sources);
    if (key !== null) return { kind: "key", key };
  }
  return { kind: isGone ? "gone" : "unread" };
}

async function keyInContent(
  source: CommitSource,
  content: CommitContent,
  finding: Finding,
  sources: KeySources,
): Promise<Secret | null> {
  switch (finding.place) {
    case "commit_message":
      return await search(Buffer.from(content.message, "utf8"), null, finding, sources);
    case "author":
      return await search(Buffer.from(content.people, "utf8"), null, finding, sources);
    case "path":
      for (const { path } of content.files) {
        if (redactText(path) !== finding.path) continue;
        const key = await search(Buffer.from(path, "utf8"), null, finding, sources);
        if (key !== null) return key;
      }
      return null;
    case "content": {
      const outer = outerPath(finding.path ?? "");
      for (const file of content.files) {
        if (redactText(file.path) !== outer) continue;
        const bytes = await wholeOf(source, content.sha, file, sources.signal);
        const key = bytes === null ? null : await search(bytes, file.path, finding, sources);
        if (key !== null) return key;
      }
      return null;
    }
    case "tag_message":
    case "tag_name":
    case "ref_name":
      return null;
  }
}

async function wholeOf(
  source: CommitSource,
  commit: string,
  file: ChangedFile,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  if (file.content.kind === "whole") return file.content.bytes;
  if (file.blob === null) return null;
  const read = await source.readBlob(file.blob, { commit, path: file.path }, signal);
  return read.kind === "bytes" ? read.bytes : null;
}

async function search(
  bytes: Uint8Array,
  path: string | null,
  { fingerprint }: Finding,
  { findKey, now }: KeySources,
): Promise<Secret | null> {
  return await findKey({ path, now, bytes, fingerprint });
}
