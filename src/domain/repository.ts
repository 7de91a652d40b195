import { z } from "zod";

/**
 * Names the installation that a repository is under by the record. Only this opens a client of GitHub, and only reading
 * the record makes one: the number in a job or a delivery may be that of an installation before.
 */
export const installationIdSchema = z.coerce.number().int().brand<"InstallationId">();
export type InstallationId = z.infer<typeof installationIdSchema>;

/** A repository as its last delivery described it. The numeric id is its identity: names change. */
export interface Repository {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
}

/** A repository as the record has it now: the app may act on it. */
export interface CurrentRepository extends Repository {
  readonly installationId: InstallationId;
}

/** `archived`: GitHub refuses writes. `removed`: deleted, or no longer covered by the installation. */
export const REPOSITORY_STATES = ["active", "archived", "removed"] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];
