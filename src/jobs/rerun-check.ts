import { provesWriter } from "../domain/index.ts";
import type { Finding, Place, Scope } from "../domain/index.ts";
import type { ScopeRecord } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import type { RerunJob, Trust } from "./job.ts";
import { scanScope } from "./scan-scope.ts";

interface Again {
  readonly scope: Scope;
  readonly trust: Trust;
  readonly inNames: readonly Finding[];
  readonly forced: boolean;
  readonly tag: string | null;
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
  const again: Again[] = (active.length > 0 ? active : known).map((record) => ({
    scope: record.scope,
    trust: { kind: record.scope.kind === "push" && provesWriter(record.scope.ref) ? "writer" : "nobody" },
    inNames: record.findings.map(({ finding }) => finding).filter((finding) => BROUGHT.has(finding.place)),
    forced: mayHaveDropped(record),
    tag: unreadTag(record),
  }));
  if (again.length === 0) {
    const scope: Scope = { kind: "push", ref: head, before: null, after: head };
    again.push({ scope, trust: { kind: "nobody" }, inNames: [], forced: false, tag: null });
  }
  for (const [index, { scope, trust, inNames, forced, tag }] of again.entries()) {
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
          forced,
          tag,
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

/**
 * Whether the push may have dropped commits that are still to be read, or that hold what the check shows. The record
 * does not say that a push was forced; where nothing was dropped, looking costs one fetch.
 */
function mayHaveDropped({ scope, done, findings, coverage }: ScopeRecord): boolean {
  const settled = done && coverage.gaps.length === 0 && !findings.some((found) => found.dropped);
  return scope.kind === "push" && scope.before !== null && !settled;
}

/** The annotated tag that could not be read: it alone stands in the gaps without being a commit of the scope. */
function unreadTag({ scope, commits, coverage }: ScopeRecord): string | null {
  if (scope.kind !== "push" || !scope.ref.startsWith("refs/tags/")) return null;
  const known = new Set([...commits, scope.after]);
  return coverage.gaps.find(({ commit }) => commit !== null && !known.has(commit))?.commit ?? null;
}
