/** Alerts over what a real process counts: its metrics before and after something happened, held as long as a rule asks. */
import { ALERTS, firing, joined, scraped } from "./alerts.ts";
import { secondsOf } from "./evaluate.ts";
import type { Series } from "./evaluate.ts";

interface Monitored {
  monitor(path: string): Promise<Response>;
}

const INSTANCE = { job: "rollcall", instance: "a" };
const MINUTE = 60;

/** The metrics of a process as they are now; as Prometheus has it, `up` is 0 if it does not answer. */
export async function scrape(app: Monitored): Promise<readonly Series[]> {
  const text = await app.monitor("/metrics").then(
    (answer) => answer.text(),
    () => null,
  );
  return scraped(`${text ?? ""}\nup ${text === null ? 0 : 1}`, 0, INSTANCE);
}

/** Whether the alert fires where the metrics go from `before` to `after` and stay so for as long as its rule asks. */
export function fires(alert: string, before: readonly Series[], after: readonly Series[]): boolean {
  const rule = ALERTS.find((each) => each.alert === alert);
  if (rule === undefined) throw new Error(`There is no rule ${alert}.`);
  const end = MINUTE + Math.ceil(secondsOf(rule.for) / MINUTE) * MINUTE;
  const scrapes = [at(before, 0)];
  for (let time = MINUTE; time <= end; time += MINUTE) scrapes.push(at(after, time));
  return firing(rule, joined(scrapes), end).length > 0;
}

function at(series: readonly Series[], time: number): readonly Series[] {
  return series.map((one) => ({ ...one, samples: one.samples.map(({ value }) => ({ at: time, value })) }));
}
