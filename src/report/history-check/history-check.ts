import type { Gap, KeyActivity } from "../../domain/index.ts";
import type { Configuration, HistoryKey } from "../../policy/index.ts";
import type { ReportedRepository } from "../check-run/check-run.ts";

/** What the check run `Rollcall history` of a private repository says. */
export interface HistoryCheckInput {
  readonly repository: ReportedRepository;
  readonly defaultBranch: string;
  /** In the order in which they came in. */
  readonly keys: readonly HistoryKey[];
  /** Whether keys are filed. */
  readonly filing: Configuration["history"];
  /** A trial: that is why nothing is filed. */
  readonly isTrial: boolean;
  readonly gaps: readonly Gap[];
  /** Why nothing of the history could be read: one plain sentence; null if it was read. */
  readonly problem: string | null;
  /** When it was read last; null: never. */
  readonly readAt: Date | null;
  /** What Stripe said about the keys, by fingerprint. */
  readonly activities: ReadonlyMap<string, KeyActivity>;
}
