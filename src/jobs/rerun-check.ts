import type { Finding, Place } from "../detect/index.ts";
import type { Scope } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import type { RerunJob, Trust } from "./job.ts";
import { scanScope } from "./scan-scope.ts";

interface Again {
  readonly scope: Scope;
  readonly trust: Trust;
  readonly inNames: readonly Finding[];
}

/** Places that the delivery brought and that a re-run does not read again: they are taken over from the record. */
const BROUGHT: ReadonlySet<Place> = new Set(["ref_name", "tag_name", "tag_message"]);

/**
 * Judges a commit again, because somebody pressed Re-run: each of its scopes is scanned again, where what had gaps is
 * read again and the rest is remembered. A commit that the record does not know is compared with the default branch; who
 * brought it is unknown then, so that it files no issue.
 */
export async function rerunCheck(context: JobContext, job: RerunJob): Promise<void> {
  const { repository, head } = job;
  const known = await context.store.scopes.atHead(repository.id, head);
  const active = known.filter((record) => record.active);
  const again: Again[] = (active.length > 0 ? active : known).map(({ scope, findings }) => ({
    scope,
    trust: { kind: scope.kind === "push" ? "writer" : "nobody" },
    inNames: findings.map(({ finding }) => finding).filter((finding) => BROUGHT.has(finding.place)),
  }));
  if (again.length === 0) {
    const scope: Scope = { kind: "push", ref: head, before: null, after: head };
    again.push({ scope, trust: { kind: "nobody" }, inNames: [] });
  }
  for (const [index, { scope, trust, inNames }] of again.entries()) {
    await scanScope(
      context,
      {
        kind: "scan",
        repository,
        scope,
        hints: {
          commits: null,
          count: null,
          previousHead: null,
          forced: false,
          tag: null,
          inNames: [...inNames],
        },
        trust,
        asOf: null,
        configurationChanged: index === 0,
        last: false,
      },
      { newRun: index === 0 },
    );
  }
}
