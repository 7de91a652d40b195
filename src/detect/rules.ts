import { FORMS } from "./forms/index.ts";
import { KIND_RULES } from "./kinds/index.ts";
import type { KindRule } from "./kinds/kind.ts";
import { createRandom, randomBody } from "./kinds/random.ts";
import { SAMPLES } from "./judgement/samples.ts";
import { VENDORS } from "./judgement/vendors.ts";

/** One row of the detector's knowledge. */
export interface Rule {
  readonly table: "kind" | "form" | "vendor" | "sample";
  readonly name: string;
  /** What it looks like. */
  readonly what: string;
  readonly source: string;
  /** Generated, the same at every call; never a real credential. Samples show the body alone. */
  readonly example: string;
}

const SEED = 20_261_122;

/** Every row of the tables of kinds, forms, vendors and samples: the data behind `--rules`. */
export function describeRules(): readonly Rule[] {
  return [
    ...KIND_RULES.map(describeKind),
    ...FORMS.flatMap((form) =>
      form.examples.map((example) => ({
        table: "form" as const,
        name: `${form.name}: ${example.name}`,
        what: `reported as ${example.encoding}`,
        source: form.source,
        example: example.write(exampleKey()),
      })),
    ),
    ...VENDORS.map((vendor) => ({
      table: "vendor" as const,
      name: vendor.name,
      what: vendor.shape === null ? `${vendor.what}; told by the name beside it` : vendor.what,
      source: vendor.certainty,
      example: vendor.example(createRandom(SEED)),
    })),
    ...SAMPLES.map((sample) => ({
      table: "sample" as const,
      name: `…${sample.body.slice(-4)}`,
      what: `the body of ${sample.body.length} characters, after any prefix`,
      source: sample.seen,
      example: sample.body,
    })),
  ];
}

function describeKind(rule: KindRule): Rule {
  const prefixes = rule.prefixes.map((prefix) => prefix.text);
  const [usual] = rule.examples;
  const body = usual === undefined ? "" : randomBody(createRandom(SEED), usual.length, usual.anatomy);
  const lengths = rule.examples.map((example) => example.length).join(", ");
  return {
    table: "kind",
    name: rule.name,
    what:
      prefixes.length === 0
        ? `${lengths} characters without a prefix, assigned to a name with Stripe in it`
        : `${prefixes.join(" ")} and ${lengths} characters, for example`,
    source: `${rule.source.certainty}: ${rule.source.where}`,
    example: rule.assignment?.write(body) ?? `${prefixes[0] ?? ""}${body}`,
  };
}

function exampleKey(): string {
  return `sk_live_${randomBody(createRandom(SEED), 99, true)}`;
}
