import { createHash } from "node:crypto";

/** Answers of GitHub about commits of `acme/shop`, cut to what is read. */

export const SHA = "c3".repeat(20);
export const PARENT = "b2".repeat(20);
export const BLOB = "d4".repeat(20);

/** The id that git gives to content. */
export function blobId(content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

export function blobPath(id: string): string {
  return `/repos/acme/shop/git/blobs/${id}`;
}

export const COMMIT_PATH = `/repos/acme/shop/commits/${SHA}`;
export const BLOB_PATH = blobPath(BLOB);

export interface FileAnswer {
  readonly filename: string;
  readonly status: string;
  readonly sha: string | null;
  readonly additions: number;
  readonly patch?: string;
}

export function fileAnswer(fields: Partial<FileAnswer> = {}): FileAnswer {
  return { filename: "src/pay.ts", status: "modified", sha: BLOB, additions: 1, ...fields };
}

export function commitAnswer(files: readonly FileAnswer[] | undefined, fields: object = {}): object {
  return {
    sha: SHA,
    parents: [{ sha: PARENT }],
    commit: {
      message: "Take payments",
      author: { name: "Ann", email: "ann@example.org", date: "2026-11-21T12:00:00Z" },
      committer: { name: "GitHub", email: "noreply@github.com", date: "2026-11-21T12:00:00Z" },
    },
    author: null,
    committer: null,
    ...(files === undefined ? {} : { files }),
    ...fields,
  };
}
