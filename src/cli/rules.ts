import { KINDS } from "../detect/index.ts";

/** What is looked for, as `--rules` prints it. */
export function renderRules(format: "text" | "json"): string {
  return format === "json" ? `${JSON.stringify(KINDS, null, 2)}\n` : `${KINDS.join("\n")}\n`;
}
