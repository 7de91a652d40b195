import { z } from "zod";

/** The fields of GitHub's answers that reading commits relies on; other fields may be present or missing. */

const personSchema = z
  .object({ name: z.string().nullish(), email: z.string().nullish() })
  .nullish()
  .transform((person) => `${person?.name ?? ""} <${person?.email ?? ""}>`);

const fileSchema = z.object({
  /** Id of the blob; null for some submodules. */
  sha: z.string().nullish().default(null),
  filename: z.string(),
  status: z.string(),
  additions: z.int(),
  patch: z.string().nullish(),
});
export type RestFile = z.infer<typeof fileSchema>;

/** https://docs.github.com/en/rest/commits/commits#get-a-commit */
export const commitSchema = z.object({
  sha: z.string(),
  parents: z.array(z.object({ sha: z.string() })),
  commit: z.object({ message: z.string(), author: personSchema, committer: personSchema }),
  files: z.array(fileSchema).nullish(),
});

/** https://docs.github.com/en/rest/commits/commits#compare-two-commits */
export const comparisonSchema = z.object({
  total_commits: z.int(),
  commits: z.array(z.object({ sha: z.string() })),
});

/** https://docs.github.com/en/rest/git/tags#get-a-tag */
export const tagSchema = z.object({
  message: z.string(),
  tagger: personSchema,
  object: z.object({ type: z.string(), sha: z.string() }),
});
