import type { ShownText } from "./cases.ts";
import { checkTexts } from "./check-texts.ts";
import { historyTexts } from "./history-texts.ts";
import { issueTexts } from "./issue-texts.ts";
import { terminalTexts } from "./terminal-texts.ts";

export { inHistory } from "./issue-texts.ts";
export { everyFinding, leakOf, scanReportOf } from "./cases.ts";

/** Every sort of text, in every case that changes its words. */
export function everyText(): ShownText[] {
  return [...checkTexts(), ...historyTexts(), ...issueTexts(), ...terminalTexts()];
}
