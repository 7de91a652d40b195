import type { Gap } from "../../src/domain/index.ts";
import type { Judgement } from "../../src/policy/index.ts";
import { HEAD, madeScope, OLDER } from "./reported.ts";

export function withGaps(...gaps: Gap[]): Pick<Judgement, "scopes"> {
  return { scopes: [madeScope([], { coverage: { commits: 3, files: 12, gaps } })] };
}

export const fileGap: Gap = {
  reason: "too_large",
  commit: HEAD,
  path: "dump.sql",
  detail: "11.2 MB, the limit is 10 MB",
};

export const commitGap: Gap = { reason: "api_failed", commit: OLDER, path: null, detail: "" };

export const scopeGap: Gap = { reason: "too_many_commits", commit: null, path: null, detail: "" };
