/** How a repository is addressed. Its identity is its numeric id: a former name may belong to another repository by now. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
  /** Requests go by the id. Missing where only a name is known, as of the owner's `.github`. */
  readonly id?: number;
}

/** A repository that is written to: never by its name alone. */
export interface RepositoryAddress extends RepositoryName {
  readonly id: number;
}

/** Carries a repository's id to `bounded-fetch.ts`, which takes it out of the request. */
export const REPOSITORY_ID = "x-rollcall-repository-id";

/** The parameters of a request that say which repository it is about. */
export function addressOf({ owner, name, id }: RepositoryName): {
  readonly owner: string;
  readonly repo: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  return { owner, repo: name, headers: id === undefined ? {} : { [REPOSITORY_ID]: String(id) } };
}
