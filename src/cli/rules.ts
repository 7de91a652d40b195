import { describeRules } from "../detect/index.ts";
import type { Rule } from "../detect/index.ts";
import { printable, printableJson } from "../report/command-line.ts";

export const RULES_FORMATS = ["text", "json"] as const;
export type RulesFormat = (typeof RULES_FORMATS)[number];

const HEADINGS: Readonly<Record<Rule["table"], string>> = {
  kind: "What Rollcall looks for",
  form: "Ways of writing a key that it recognises",
  vendor: "Other vendors' keys that it does not report",
  sample: "Stripe's published samples that it does not report",
};

/** What `--rules` prints. The text is for people and leaves the generated examples out. */
export function renderRules(format: RulesFormat): string {
  const rules = describeRules();
  if (format === "json") return `${printableJson(rules)}\n`;

  const tables = Map.groupBy(rules, (rule) => rule.table);
  return [...tables]
    .map(([table, rows]) => `${HEADINGS[table]}\n\n${rows.map(renderRule).join("\n")}\n`)
    .join("\n");
}

function renderRule({ name, what, source }: Rule): string {
  return `  ${printable(name)}\n    ${printable(what)}\n    source: ${printable(source)}`;
}
