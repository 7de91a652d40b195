import type { Button } from "./button.ts";
import type { RepositoryState, Repository } from "./repository.ts";
import type { Scope, ScopeFacts } from "./scope.ts";
import type { Trust } from "./trust.ts";

/** A repository of an `installation` delivery, which does not name the default branch. */
export type InstalledRepository = Omit<Repository, "defaultBranch">;

/** What a delivery tells the app, reduced to the few fields it acts on. */
export type Notice =
  /** There are commits to read, in this lane. The author's role is looked up later. */
  | {
      readonly kind: "scope";
      readonly repository: Repository;
      readonly scope: Scope;
      readonly facts: ScopeFacts;
      readonly trust: Trust;
      readonly asOf: Date;
      /** The delivery says that its head was never pushed before. */
      readonly isNewCommit?: boolean;
      readonly lane: "trusted" | "stranger" | "backlog";
    }
  /** A pull request was closed, a merge group destroyed or a ref deleted. */
  | {
      readonly kind: "scope_ended";
      readonly repository: Repository;
      readonly key: string;
      readonly asOf: Date;
    }
  /** Re-run was clicked. */
  | { readonly kind: "rerun"; readonly repository: Repository; readonly head: string }
  /** Re-run was clicked on the check of a history, or on all checks of its commit. */
  | { readonly kind: "rerun_history"; readonly repository: Repository; readonly head: string }
  /** An issue was closed, reopened, deleted or changed. What is true of it is read from GitHub. */
  | {
      readonly kind: "issue_changed";
      readonly repository: Repository;
      readonly number: number;
      /** Its text has a marker, as the app's issues do. Anyone can write one. */
      readonly marked: boolean;
    }
  /** Boxes of an issue's task list were ticked or unticked. */
  | {
      readonly kind: "boxes_changed";
      readonly repository: Repository;
      readonly number: number;
      /** Who did it; null: a bot. */
      readonly login: string | null;
      /** By the ids in the lines of their boxes. */
      readonly ticked: readonly string[];
      readonly unticked: readonly string[];
    }
  /** A button of the check was clicked. */
  | {
      readonly kind: Button;
      readonly repository: Repository;
      readonly head: string;
      readonly login: string;
    }
  /** `since`: pushes since then are the app's to read. */
  | {
      readonly kind: "installed";
      readonly repositories: readonly InstalledRepository[];
      readonly since: Date;
    }
  /** `repositoryIds` null: the whole installation is gone. */
  | {
      readonly kind: "uninstalled";
      readonly installationId: number;
      readonly repositoryIds: readonly number[] | null;
    }
  /** The repository was renamed, transferred, archived, deleted, or its visibility changed: `publicized` to public. */
  | {
      readonly kind: "repository_changed";
      readonly repository: Repository;
      readonly state: RepositoryState;
      readonly publicized: boolean;
    };
