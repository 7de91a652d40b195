import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { command } from "./command.ts";
import type { CommandResult } from "./command.ts";
import type { Missing, Tool } from "./tool.ts";

const SECRETLINT = "13.0.6";
const RULES = "13.0.5";
/** The preset that holds secretlint's Stripe rule, which is not to be had by itself. */
export const PRESET = "@secretlint/secretlint-rule-preset-canary";
const STRIPE = "@secretlint/secretlint-rule-stripe";

/** Installs secretlint below `folder`; gives its folder, or null where npm could not. */
export function installSecretlint(folder: string): string | null {
  const home = join(folder, "secretlint");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const packages = [`secretlint@${SECRETLINT}`, `${PRESET}@${RULES}`];
  return command("npm", ["install", ...options, ...packages], home).status === 0 ? home : null;
}

function run(home: string, config: string, target: string): CommandResult {
  const main = join(home, "node_modules/secretlint/bin/secretlint.js");
  const options = [
    "--secretlintrc",
    config,
    "--secretlintignore",
    "none",
    "--maskSecrets",
    "--format",
    "json",
  ];
  return command(process.execPath, [main, ...options, "**/*", "**/.*"], target);
}

/** secretlint with all rules of the preset that holds its Stripe rule. */
export function secretlint(folder: string): Tool | Missing {
  const name = "secretlint";
  const home = installSecretlint(folder);
  if (home === null) return { name, missing: "npm could not install it" };
  const config = join(home, "rules.json");
  writeFileSync(config, JSON.stringify({ rules: [{ id: PRESET }] }));
  const report = z.array(
    z.object({
      filePath: z.string(),
      // Left out for a file that is no text.
      sourceContent: z.string().default(""),
      messages: z.array(z.object({ ruleId: z.string(), range: z.tuple([z.number(), z.number()]) })),
    }),
  );
  return {
    name,
    version: SECRETLINT,
    note: `rules of its canary preset ${RULES}, the only one with its Stripe rule`,
    scan: (target) =>
      report
        .parse(JSON.parse(run(home, config, target).stdout))
        .flatMap(({ filePath, sourceContent, messages }) =>
          messages.map(({ ruleId, range }) => ({
            file: filePath,
            stripe: ruleId === STRIPE,
            is: (key) => sourceContent.slice(...range) === key,
            weak: false,
          })),
        ),
  };
}

const presetSchema = z.object({ devDependencies: z.record(z.string(), z.string()) });

/** A configuration in which the preset runs its Stripe rule alone. */
export function stripeOnly(home: string): {
  readonly rules: readonly { readonly id: string; readonly rules: readonly object[] }[];
} {
  const text = readFileSync(join(home, "node_modules", PRESET, "package.json"), "utf8");
  const rules = Object.keys(presetSchema.parse(JSON.parse(text)).devDependencies)
    .filter((name) => name.startsWith("@secretlint/secretlint-rule-") && name !== STRIPE)
    .map((id) => ({ id, disabled: true }));
  return { rules: [{ id: PRESET, rules }] };
}

/** secretlint with its Stripe rule alone, for its speed; null where npm could not install it. */
export function stripeRuleOnly(folder: string): ((target: string) => CommandResult) | null {
  const home = installSecretlint(folder);
  if (home === null) return null;
  const config = join(home, "stripe-only.json");
  writeFileSync(config, JSON.stringify(stripeOnly(home)));
  return (target) => run(home, config, target);
}
