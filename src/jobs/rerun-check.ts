import type { Scope } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import type { RerunJob } from "./job.ts";
import { scanScope } from "./scan-scope.ts";

/**
 * Judges a commit again, because somebody pressed Re-run: each of its scopes is scanned again, where what had gaps is
 * read again and the rest is remembered. A commit that the record does not know is taken as the tip of its branch.
 */
export async function rerunCheck(context: JobContext, job: RerunJob): Promise<void> {
  const { repository, head, branch } = job;
  const known = await context.store.scopes.atHead(repository.id, head);
  const active = known.filter((record) => record.active);
  const scopes: Scope[] = (active.length > 0 ? active : known).map((record) => record.scope);
  if (scopes.length === 0) {
    scopes.push({
      kind: "push",
      ref: branch === null ? head : `refs/heads/${branch}`,
      before: null,
      after: head,
    });
  }
  for (const [index, scope] of scopes.entries()) {
    await scanScope(
      context,
      {
        kind: "scan",
        repository,
        scope,
        hints: { commits: null, count: null, previousHead: null, forced: false, tag: null },
        trust: scope.kind === "push" ? { kind: "writer" } : { kind: "nobody" },
        asOf: null,
        configurationChanged: index === 0,
        last: false,
      },
      { newRun: index === 0 },
    );
  }
}
