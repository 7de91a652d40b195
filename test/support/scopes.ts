import { NO_FACTS } from "../../src/domain/index.ts";
import type { Repository, Scope, ScopeFinding, Trust } from "../../src/domain/index.ts";
import { finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { atHead, HEAD, madeFinding } from "./reported.ts";

/** Scopes of one head commit, each of its own kind. */
export const PUSH: Scope = { kind: "push", ref: "refs/heads/feature", before: "b".repeat(40), after: HEAD };
export const PULLS: readonly Scope[] = [1, 2].map((number) => ({
  kind: "pull_request",
  number,
  base: "b".repeat(40),
  head: HEAD,
}));

/** Findings on the lines 1 to `count` of one file, so more of them append. */
export function findingsOn(count: number): ScopeFinding[] {
  return Array.from({ length: count }, (_, index) =>
    atHead(madeFinding({ path: "src/pay.ts", line: index + 1, endLine: index + 1 })),
  );
}

const UNREAD = [{ reason: "api_failed", commit: HEAD, path: null, detail: "" }] as const;

const BEGUN = new Date("2026-11-21T11:00:00Z");

/** Notes a scope, as the acceptance of its delivery does. */
export async function noted(
  record: RecordStore,
  repository: Repository,
  scope: Scope,
  options: { readonly asOf?: Date; readonly trust?: Trust; readonly pusher?: string | null } = {},
): Promise<void> {
  const { asOf = BEGUN, trust = { kind: "writer" }, pusher = null } = options;
  await record.transaction(async (transaction) => {
    await transaction.repositories.note(repository);
    const facts = { ...NO_FACTS, pusher };
    const fields = { repositoryId: repository.id, scope, defaultBranch: false, facts, trust, asOf };
    await noteScope(transaction, fields, true, BEGUN);
  });
}

/** Notes a scope and records it as read, with its findings, and with a gap where it was not read whole. */
export async function finished(
  record: RecordStore,
  repository: Repository,
  scope: Scope,
  findings: readonly ScopeFinding[],
  gaps: "whole" | "unread" = "whole",
): Promise<void> {
  await noted(record, repository, scope);
  await read(record, repository, scope, findings, gaps);
}

/** Records what was read of a scope that was noted. */
export async function read(
  record: RecordStore,
  repository: Repository,
  scope: Scope,
  findings: readonly ScopeFinding[],
  gaps: "whole" | "unread" = "whole",
): Promise<void> {
  const head = scope.kind === "push" ? scope.after : scope.head;
  const known = (await record.scopes.atHead(repository.id, head)).filter(
    (each) => JSON.stringify(each.scope) === JSON.stringify(scope),
  );
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  const coverage = { commits: 1, files: 1, gaps: gaps === "whole" ? [] : UNREAD };
  const result = { commits: [HEAD], findings: [...findings], coverage };
  for (const each of known)
    await record.transaction((transaction) => finishScope(transaction, target, each, result, BEGUN));
}
