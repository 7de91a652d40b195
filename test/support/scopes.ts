import type { Repository, Scope, ScopeFinding } from "../../src/domain/index.ts";
import type { Store } from "../../src/store/index.ts";
import { atHead, HEAD, madeFinding } from "./reported.ts";

/** Scopes of one head commit, each of its own kind. */
export const PUSH: Scope = { kind: "push", ref: "refs/heads/feature", before: null, after: HEAD };
export const PULLS: readonly Scope[] = [1, 2].map((number) => ({
  kind: "pull_request",
  number,
  base: "b".repeat(40),
  head: HEAD,
}));

/** Findings on the lines 1 to `count` of one file, so that more of them append. */
export function findingsOn(count: number): ScopeFinding[] {
  return Array.from({ length: count }, (_, index) =>
    atHead(madeFinding({ path: "src/pay.ts", line: index + 1, endLine: index + 1 })),
  );
}

const UNREAD = [{ reason: "api_failed", commit: HEAD, path: null, detail: "" }] as const;

/** Records a scope as read, with its findings, and with a gap where it was not read whole. */
export async function finished(
  store: Store,
  repository: Repository,
  scope: Scope,
  findings: readonly ScopeFinding[],
  gaps: "whole" | "unread" = "whole",
): Promise<void> {
  await store.scopes.begin(repository.id, scope, false, new Date("2026-11-21T11:00:00Z"));
  await store.scopes.finish(repository.id, scope, {
    commits: [HEAD],
    findings: [...findings],
    coverage: { commits: 1, files: 1, gaps: gaps === "whole" ? [] : [...UNREAD] },
  });
}
