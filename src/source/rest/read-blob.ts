import { createHash } from "node:crypto";
import { gapOf } from "../../domain/index.ts";
import { ask, GitHubError } from "../../github/index.ts";
import type { BlobRead } from "../commit-source.ts";
import { readCapped } from "./read-capped.ts";
import type { RestAccess } from "./rest-access.ts";

/**
 * The content of a blob, or the gap that it leaves. Its id is the hash of its content: an error page, or a body that
 * was cut, is not believed.
 *
 * @throws GitHubError `rate_limited`
 */
export async function readBlob(
  { octokit, address, limits }: RestAccess,
  blob: string,
  at: { readonly commit: string; readonly path: string },
  signal: AbortSignal,
): Promise<BlobRead> {
  try {
    const bytes = await ask("read a file", async () => {
      const answer = await octokit.rest.git.getBlob({
        ...address,
        file_sha: blob,
        mediaType: { format: "raw" },
        request: { signal, parseSuccessResponseBody: false },
      });
      return readCapped(answer.data, limits.blobBytes);
    });
    if (bytes === null) {
      const detail = `larger than ${Math.round(limits.blobBytes / 1e6)} MB`;
      return { kind: "gap", gap: gapOf({ reason: "too_large", ...at, detail, blob }) };
    }
    if (idOf(bytes, blob.length) === blob) return { kind: "bytes", bytes };
    return { kind: "gap", gap: gapOf({ reason: "api_failed", ...at, detail: "wrong_content", blob }) };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code === "rate_limited") throw error;
    return { kind: "gap", gap: gapOf({ reason: "api_failed", ...at, detail: error.code, blob }) };
  }
}

/** The id that git gives to content: SHA-1, or SHA-256 where ids have 64 digits. */
function idOf(bytes: Uint8Array, digits: number): string {
  const hash = createHash(digits === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
