/** The alert rules of `deploy/prometheus`, their cases in promtool's format, and which alerts fire over some series. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { evaluate, secondsOf } from "./evaluate.ts";
import type { Labels, Series } from "./evaluate.ts";

const FOLDER = join(import.meta.dirname, "../../../deploy/prometheus");

const ruleSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().default("0s"),
  labels: z.record(z.string(), z.string()),
  annotations: z.strictObject({ summary: z.string() }),
});
export type AlertRule = z.infer<typeof ruleSchema>;

const alertSchema = z.strictObject({
  exp_labels: z.record(z.string(), z.string()),
  exp_annotations: z.strictObject({ summary: z.string() }),
});
const caseSchema = z.strictObject({
  name: z.string(),
  interval: z.string(),
  input_series: z.array(z.strictObject({ series: z.string(), values: z.string() })),
  alert_rule_test: z.array(
    z.strictObject({ eval_time: z.string(), alertname: z.string(), exp_alerts: z.array(alertSchema) }),
  ),
});

export const ALERTS: readonly AlertRule[] = z
  .object({ groups: z.array(z.object({ rules: z.array(ruleSchema) })) })
  .parse(read("alerts.yaml"))
  .groups.flatMap(({ rules }) => rules);

export const ALERT_CASES = z.object({ tests: z.array(caseSchema) }).parse(read("alerts.test.yaml")).tests;

function read(name: string): unknown {
  return parse(readFileSync(join(FOLDER, name), "utf8"));
}

export interface FiringAlert {
  readonly labels: Labels;
  readonly summary: string;
}

/** What fires at a time, if the rules are evaluated each minute from 0 on. */
export function firing(rule: AlertRule, series: readonly Series[], until: number): readonly FiringAlert[] {
  let since = new Map<string, number>();
  for (let at = 0; at <= until; at += 60) {
    const active = evaluate(rule.expr, series, at).map(({ labels }) => keyOf(labels));
    since = new Map(active.map((key) => [key, since.get(key) ?? at]));
  }
  return [...since].flatMap(([key, at]) => {
    if (until - at < secondsOf(rule.for)) return [];
    const labels = z.record(z.string(), z.string()).parse(JSON.parse(key));
    const summary = rule.annotations.summary.replaceAll(
      /\{\{ \$labels\.(\w+) \}\}/g,
      (_, label: string) => labels[label] ?? "",
    );
    return [{ labels: { ...labels, ...rule.labels }, summary }];
  });
}

function keyOf({ __name__: _, ...labels }: Labels): string {
  return JSON.stringify(labels);
}

/** A series in promtool's notation: `name{label="value"}` and `0x5 1+2x10`, which repeats or counts up. */
export function seriesOf(name: string, values: string, interval: number): Series {
  const numbers = values.split(" ").flatMap((part) => {
    const [, start = "", step = "0", times = ""] =
      /^(-?\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?x(\d+)$/.exec(part) ?? [];
    if (times === "") throw new Error(`No values: ${part}`);
    return Array.from({ length: Number(times) + 1 }, (_, index) => Number(start) + Number(step) * index);
  });
  return {
    labels: labelsOf(name),
    samples: numbers.map((value, index) => ({ at: index * interval, value })),
  };
}

/** The lines of `/metrics` as series with one sample each. */
export function scraped(text: string, at: number, instance: Labels): Series[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const space = line.lastIndexOf(" ");
      const value = Number(line.slice(space + 1).replace("+Inf", "Infinity"));
      return { labels: { ...labelsOf(line.slice(0, space)), ...instance }, samples: [{ at, value }] };
    });
}

/** Joins series of several scrapes. */
export function joined(scrapes: readonly (readonly Series[])[]): Series[] {
  const groups = Map.groupBy(scrapes.flat(), ({ labels }) =>
    JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b))),
  );
  return [...groups.values()].map((group) => ({
    labels: group[0]?.labels ?? {},
    samples: group.flatMap(({ samples }) => samples),
  }));
}

function labelsOf(text: string): Labels {
  const [, name = "", inside = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?$/.exec(text) ?? [];
  const labels = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", value = ""]) => [
    key,
    value,
  ]);
  return { __name__: name, ...Object.fromEntries(labels) };
}
