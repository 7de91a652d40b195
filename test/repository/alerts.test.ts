import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ALERT_CASES, ALERTS, firing, seriesOf } from "../support/promql/alerts.ts";
import { secondsOf } from "../support/promql/evaluate.ts";

/** The cases are promtool's, which CI runs as well; here they need no Prometheus. */
describe.each(ALERT_CASES)("$name", ({ interval, input_series: given, alert_rule_test: expected }) => {
  const series = given.map((one) => seriesOf(one.series, one.values, secondsOf(interval)));

  test.each(expected)("$alertname at $eval_time", ({ eval_time: at, alertname, exp_alerts: alerts }) => {
    const rule = ALERTS.find(({ alert }) => alert === alertname);
    const fires = rule === undefined ? null : firing(rule, series, secondsOf(at));
    expect(fires).toEqual(
      alerts.map((alert) => ({ labels: alert.exp_labels, summary: alert.exp_annotations.summary })),
    );
  });
});

test("there is a case in which each alert fires", () => {
  const fired = ALERT_CASES.flatMap(({ alert_rule_test: expected }) =>
    expected.filter(({ exp_alerts: alerts }) => alerts.length > 0).map(({ alertname }) => alertname),
  );
  expect(ALERTS.map(({ alert }) => alert).filter((alert) => !fired.includes(alert))).toEqual([]);
});

test("docs/monitoring.md says of each alert what to do", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/monitoring.md"), "utf8");
  const told = [...page.matchAll(/^\| `(Rollcall\w+)` \|/gm)].map(([, alert]) => alert);
  expect(told).toEqual(ALERTS.map(({ alert }) => alert));
});
