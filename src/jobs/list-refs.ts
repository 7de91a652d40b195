import { NO_FACTS } from "../domain/index.ts";
import type { CurrentRepository, Finding } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { findInName } from "../events/index.ts";
import type { JobContext } from "./context.ts";

/** How long one request for the refs may take. */
const MAX_LIST_MS = 60_000;

/** A ref as GitHub has it now. */
export interface ListedRef {
  /** Full name, redacted as on record. */
  readonly ref: string;
  /** The commit or annotated tag that it names. */
  readonly object: string;
  /** The same, or what the tag marks: nearly always a commit. */
  readonly commit: string;
  /** Credentials in its name. */
  readonly inNames: readonly Finding[];
}

/**
 * The refs of a repository by one request, without those of pull requests: anyone may write these, and they come with
 * deliveries of their own.
 */
export async function listRefs(
  context: JobContext,
  repository: CurrentRepository,
): Promise<Map<string, ListedRef>> {
  const listed = await context.openGit(repository).listRefs(AbortSignal.timeout(MAX_LIST_MS));
  const refs = listed
    .filter(({ ref }) => !ref.startsWith("refs/pull/"))
    .map(({ ref: name, sha: object, peeled }): ListedRef => {
      const [ref, commit] = [redactText(name), peeled ?? object];
      const place = isBranch(name) ? "ref_name" : "tag_name";
      // Most names hold nothing, and there may be tens of thousands.
      const inNames = ref === name ? NO_FACTS.inNames : findInName(name, place, commit, context.now());
      return { ref, object, commit, inNames };
    });
  return new Map(refs.map((each) => [each.ref, each]));
}

export function isBranch(ref: string): boolean {
  return ref.startsWith("refs/heads/");
}
