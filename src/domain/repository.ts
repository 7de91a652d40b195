/** A repository as its last delivery described it. The numeric id is its identity: names change. */
export interface Repository {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
}

/** `archived`: GitHub refuses writes. `removed`: deleted, or no longer covered by the installation. */
export const REPOSITORY_STATES = ["active", "archived", "removed"] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];
