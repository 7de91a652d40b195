import type { JudgedFinding } from "../../policy/index.ts";
import { code, commitUrl, fileUrl, link } from "../markdown.ts";

/**
 * Characters of a linked path in a cell: a longer one, which never breaks, would squeeze every other column. The link
 * has it whole.
 */
export const IN_A_CELL = 32;

/**
 * Where one finding is, as Markdown: a linked file and line, or the message, author or tag of a commit.
 *
 * @param longest characters of a linked path
 */
export function placeOf(
  { finding, head }: JudgedFinding,
  repositoryUrl: string,
  headSha: string,
  longest = Infinity,
): string {
  const commit = finding.commit === null ? null : shortCommit(repositoryUrl, finding.commit);
  const of = commit === null ? "" : ` of ${commit}`;
  switch (finding.place) {
    case "commit_message":
      return `commit message${of}`;
    case "author":
      return `author or committer${of}`;
    case "tag_message":
      return `tag message${of}`;
    case "tag_name":
      return `tag name${of}`;
    case "ref_name":
      return `branch or tag name${of}`;
    case "path":
      return `file name ${code(finding.path ?? "")}${of}`;
    case "content": {
      if (head !== null) return fileLink(repositoryUrl, headSha, head.path, head.line, longest);

      const file = fileLink(repositoryUrl, finding.commit, finding.path ?? "", finding.line, longest);
      return commit === null ? file : `${file} in commit ${commit}`;
    }
  }
}

/** @param line null for the file as a whole */
export function fileLink(
  repositoryUrl: string,
  commit: string | null,
  path: string,
  line: number | null,
  longest = Infinity,
): string {
  const label = line === null ? path : `${path}:${line}`;
  const url = commit === null ? null : fileUrl(repositoryUrl, commit, path, line);
  return url === null ? code(label) : link(code(tailOf(label, longest)), url);
}

/** The end of a path tells more than its beginning: `…/payments/Stripe.java:123`, from a slash where one is near. */
function tailOf(label: string, longest: number): string {
  const characters = Array.from(label);
  if (characters.length <= longest) return label;

  const tail = characters.slice(1 - longest).join("");
  const slash = tail.indexOf("/");
  return `…${slash === -1 || slash > tail.length / 2 ? tail : tail.slice(slash)}`;
}

export function shortCommit(repositoryUrl: string, commit: string): string {
  return link(code(commit.slice(0, 7)), commitUrl(repositoryUrl, commit));
}

/** Each place once: two commits that brought the same line of the head are one place. */
export function distinctPlaces(places: readonly JudgedFinding[]): readonly JudgedFinding[] {
  const byPlace = new Map<string, JudgedFinding>();
  for (const judged of places) {
    const { finding, head } = judged;
    const at =
      head === null || finding.place !== "content"
        ? [finding.place, finding.commit, finding.path, finding.line]
        : [head.path, head.line];
    const key = JSON.stringify(at);
    if (!byPlace.has(key)) byPlace.set(key, judged);
  }
  return [...byPlace.values()];
}
