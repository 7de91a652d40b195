import { z } from "zod";
import { gapSchema, unopenedSchema } from "./coverage.ts";
import type { Gap, UnopenedArchive } from "./coverage.ts";
import { findingSchema } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The findings of one commit, redacted, and its gaps. */
export const commitScanSchema = z.object({
  sha: z.string(),
  parents: z.array(z.string()),
  /** Files that the commit changes. */
  files: z.int(),
  findings: z.array(findingSchema),
  gaps: z.array(gapSchema),
  unopened: z.array(unopenedSchema).optional(),
});
export interface CommitScan {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly files: number;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** Missing where there is none. */
  readonly unopened?: readonly UnopenedArchive[] | undefined;
}
