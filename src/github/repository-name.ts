/** How a repository is addressed; its identity is its numeric id. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}
