import { gapOf } from "../../domain/index.ts";
import type { Gap } from "../../domain/index.ts";
import { ask, check, GitHubError } from "../../github/index.ts";
import { tagSchema } from "./answers.ts";
import type { RestAccess } from "./rest-access.ts";

/** Tags of tags that are followed. */
const MAX_TAG_DEPTH = 5;

export type TagText =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "gap"; readonly gap: Gap };

/**
 * Message and tagger of an annotated tag, and of the tags that it marks.
 *
 * @throws GitHubError where the same request may work soon: no other source reads tags
 */
export async function readTag(
  { octokit, address }: RestAccess,
  tag: string,
  signal: AbortSignal,
): Promise<TagText> {
  const texts: string[] = [];
  try {
    for (let sha = tag; texts.length < MAX_TAG_DEPTH;) {
      const answer = await ask("read a tag", () =>
        octokit.rest.git.getTag({ ...address, tag_sha: sha, request: { signal } }),
      );
      const { message, tagger, object } = check("read a tag", tagSchema, answer.data);
      texts.push(`${message}\n${tagger}`);
      if (object.type !== "tag") return { kind: "text", text: texts.join("\n") };
      sha = object.sha;
    }
    const detail = `a tag of more than ${MAX_TAG_DEPTH} tags`;
    return { kind: "gap", gap: gapOf({ reason: "unreadable", commit: tag, detail }) };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.retry === "soon") throw error;
    return { kind: "gap", gap: gapOf({ reason: "api_failed", commit: tag, detail: error.code }) };
  }
}
