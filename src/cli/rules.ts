import { describeRules } from "../detect/index.ts";
import type { Rule } from "../detect/index.ts";
import { printable, printableJson } from "../report/index.ts";

const HEADINGS: Readonly<Record<Rule["table"], string>> = {
  kind: "Credentials that are looked for",
  form: "Forms in which they are found",
  vendor: "Keys of other vendors, which are no findings",
  sample: "Documented samples, which are no findings",
};

/** What is looked for and what is not, as `--rules` prints it: for people without the generated examples. */
export function renderRules(format: "text" | "json"): string {
  const rules = describeRules();
  if (format === "json") {
    return `${printableJson(rules)}\n`;
  }
  const tables = Map.groupBy(rules, (rule) => rule.table);
  return [...tables]
    .map(([table, rows]) => `${HEADINGS[table]}\n\n${rows.map(renderRule).join("\n")}\n`)
    .join("\n");
}

function renderRule({ name, what, source }: Rule): string {
  return `  ${printable(name)}\n    ${printable(what)}\n    source: ${printable(source)}`;
}
