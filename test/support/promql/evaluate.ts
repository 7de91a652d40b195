/**
 * Evaluates the part of PromQL that the alerts of `deploy/prometheus` use, parsed by Prometheus's own grammar; anything else
 * throws. `promtool test rules` runs the same cases through Prometheus itself, in CI.
 */
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export type Labels = Readonly<Record<string, string>>;

/** One series: the name of the metric is the label `__name__`. Times are in seconds. */
export interface Series {
  readonly labels: Labels;
  readonly samples: readonly { readonly at: number; readonly value: number }[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

type Value = number | readonly Sample[];

/** How far back the last sample of a series counts as its present value. */
const LOOKBACK = 300;

/** The result of an expression at a time. */
export function evaluate(expression: string, series: readonly Series[], at: number): readonly Sample[] {
  const value = new Evaluation(expression, series, at).of(parser.parse(expression).topNode.firstChild);
  return typeof value === "number" ? [{ labels: {}, value }] : value;
}

/** Names of the metrics that an expression reads. */
export function metricsIn(expression: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, from, to, node }) {
      if (name === "Identifier" && node.parent?.name === "VectorSelector")
        names.push(expression.slice(from, to));
    },
  });
  return names;
}

class Evaluation {
  readonly #text: string;
  readonly #series: readonly Series[];
  readonly #at: number;

  constructor(text: string, series: readonly Series[], at: number) {
    this.#text = text;
    this.#series = series;
    this.#at = at;
  }

  of(node: SyntaxNode | null): Value {
    switch (node?.name) {
      case "NumberDurationLiteral":
        return Number(this.#textOf(node));
      case "ParenExpr":
        return this.of(node.firstChild);
      case "VectorSelector":
        return this.#present(node);
      case "FunctionCall":
        return this.#call(node);
      case "AggregateExpr":
        return this.#aggregate(node);
      case "BinaryExpr":
        return this.#binary(node);
      default:
        throw new Error(`The evaluator does not know ${node?.name ?? "nothing"} in: ${this.#text}`);
    }
  }

  #textOf(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }

  #selected(node: SyntaxNode): readonly Series[] {
    const name = this.#textOf(the(node.getChild("Identifier")));
    const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
    const tests = matchers.map((matcher) => {
      const label = this.#textOf(the(matcher.getChild("LabelName")));
      const operator = this.#textOf(the(matcher.getChild("MatchOp")));
      const wanted = this.#textOf(the(matcher.getChild("StringLiteral"))).slice(1, -1);
      const pattern = operator.endsWith("~") ? new RegExp(`^(?:${wanted})$`) : null;
      return ({ [label]: value = "" }: Labels): boolean =>
        (pattern === null ? value === wanted : pattern.test(value)) !== operator.startsWith("!");
    });
    return this.#series.filter(
      ({ labels }) => labels["__name__"] === name && tests.every((test) => test(labels)),
    );
  }

  #present(node: SyntaxNode): readonly Sample[] {
    return this.#selected(node).flatMap(({ labels, samples }) => {
      const last = samples.findLast(({ at }) => at <= this.#at);
      return last === undefined || last.at <= this.#at - LOOKBACK ? [] : [{ labels, value: last.value }];
    });
  }

  #call(node: SyntaxNode): readonly Sample[] {
    const name = this.#textOf(the(node.getChild("FunctionIdentifier")));
    const [first, second] = argumentsOf(node);
    if (name === "histogram_quantile") {
      const [quantile, buckets] = [this.of(the(first)), this.of(the(second))];
      if (typeof quantile !== "number" || typeof buckets === "number")
        throw new Error(`Wrong call: ${this.#text}`);
      return quantiles(quantile, buckets);
    }
    if (name !== "rate" && name !== "increase") throw new Error(`The evaluator does not know ${name}.`);
    const range = secondsOf(this.#textOf(the(the(first).getChild("DurationExpr"))));
    return this.#selected(the(the(first).getChild("VectorSelector"))).flatMap(({ labels, samples }) => {
      const grown = increase(samples, this.#at - range, this.#at);
      return grown === null
        ? []
        : [{ labels: nameless(labels), value: name === "rate" ? grown / range : grown }];
    });
  }

  #aggregate(node: SyntaxNode): readonly Sample[] {
    const operator = this.#textOf(the(node.getChild("AggregateOp")));
    const by = (
      node.getChild("AggregateModifier")?.getChild("GroupingLabels")?.getChildren("LabelName") ?? []
    ).map((label) => this.#textOf(label));
    const value = this.of(the(argumentsOf(node)[0]));
    if (typeof value === "number") throw new Error(`No vector to aggregate: ${this.#text}`);
    const groups = Map.groupBy(value, ({ labels }) => by.map((label) => labels[label] ?? "").join("\0"));
    return [...groups.values()].map((samples) => {
      const labels = Object.fromEntries(by.flatMap((label) => labelOf(samples, label)));
      const values = samples.map((sample) => sample.value);
      return { labels, value: folded(operator, values) };
    });
  }

  #binary(node: SyntaxNode): Value {
    const [left, operator, right] = childrenOf(node);
    const [a, b] = [this.of(the(left)), this.of(the(right))];
    const sign = this.#textOf(the(operator));
    if (sign === "and") {
      if (typeof a === "number" || typeof b === "number") throw new Error(`No vectors: ${this.#text}`);
      return a.filter(({ labels }) => b.some((other) => matches(labels, other.labels)));
    }
    if (typeof a === "number" && typeof b === "number") return compute(sign, a, b);
    if (typeof a === "number")
      return (b as readonly Sample[]).map(({ labels, value }) => ({
        labels: nameless(labels),
        value: compute(sign, a, value),
      }));
    const comparison = COMPARISONS[sign];
    return a.flatMap(({ labels, value }) => {
      const other = typeof b === "number" ? b : b.find((one) => matches(labels, one.labels))?.value;
      if (other === undefined) return [];
      if (comparison !== undefined) return comparison(value, other) ? [{ labels, value }] : [];
      return [{ labels: nameless(labels), value: compute(sign, value, other) }];
    });
  }
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "==": (a, b) => a === b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
};

function compute(sign: string, a: number, b: number): number {
  if (sign === "*") return a * b;
  if (sign === "/") return a / b;
  throw new Error(`The evaluator does not know ${sign}.`);
}

function folded(operator: string, values: readonly number[]): number {
  if (operator === "sum") return values.reduce((sum, value) => sum + value, 0);
  if (operator === "max") return Math.max(...values);
  if (operator === "min") return Math.min(...values);
  throw new Error(`The evaluator does not know ${operator}.`);
}

/** Growth of a counter over a range that is open on its left, extrapolated to its ends as Prometheus does. */
function increase(samples: Series["samples"], from: number, to: number): number | null {
  const inside = samples.filter(({ at }) => at > from && at <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || inside.length < 2) return null;
  const grown = inside.reduce((sum, { value }, index) => {
    const before = inside[index - 1]?.value ?? value;
    return sum + (value >= before ? value - before : value);
  }, 0);
  const sampled = last.at - first.at;
  const average = sampled / (inside.length - 1);
  const reach = (gap: number): number => (gap < average * 1.1 ? gap : average / 2);
  const untilZero =
    grown > 0 && first.value >= 0 ? sampled * (first.value / grown) : Number.POSITIVE_INFINITY;
  const start = Math.min(reach(first.at - from), untilZero);
  return (grown * (sampled + start + reach(to - last.at))) / sampled;
}

function quantiles(quantile: number, buckets: readonly Sample[]): readonly Sample[] {
  const groups = Map.groupBy(buckets, ({ labels }) => JSON.stringify({ ...nameless(labels), le: "" }));
  return [...groups.values()].flatMap((group) => {
    const ordered = group
      .map(({ labels, value }) => ({ le: boundOf(labels["le"]), value }))
      .toSorted((a, b) => a.le - b.le);
    const total = ordered.at(-1)?.value ?? 0;
    if (total === 0) return [];
    const rank = quantile * total;
    const index = ordered.findIndex(({ value }) => value >= rank);
    const [bucket, before] = [ordered[index], ordered[index - 1]];
    if (bucket === undefined) return [];
    const { le: _, ...labels } = nameless(group[0]?.labels ?? {});
    const lower = before ?? { le: 0, value: 0 };
    const value =
      bucket.le === Number.POSITIVE_INFINITY
        ? lower.le
        : lower.le + ((bucket.le - lower.le) * (rank - lower.value)) / (bucket.value - lower.value);
    return [{ labels, value }];
  });
}

function boundOf(le: string | undefined): number {
  return le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
}

function nameless({ __name__: _, ...labels }: Labels): Labels {
  return labels;
}

function matches(a: Labels, b: Labels): boolean {
  const keyOf = (labels: Labels): string =>
    JSON.stringify(Object.entries(nameless(labels)).toSorted(([x], [y]) => x.localeCompare(y)));
  return keyOf(a) === keyOf(b);
}

function labelOf(samples: readonly Sample[], label: string): readonly (readonly [string, string])[] {
  const value = samples[0]?.labels[label];
  return value === undefined ? [] : [[label, value]];
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(the(node.getChild("FunctionCallBody")));
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function the<Thing>(thing: Thing | null | undefined): Thing {
  if (thing === null || thing === undefined) throw new Error("The expression is cut short.");
  return thing;
}

/** Seconds of `90s`, `2m`, `1h` or `7d`. */
export function secondsOf(duration: string): number {
  const [, number = "", unit = ""] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
  if (seconds === undefined) throw new Error(`No duration: ${duration}`);
  return Number(number) * seconds;
}
