/** The measures as Prometheus reads them: every counter and histogram of the app, with its labels. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { GAP_REASONS, KINDS } from "../domain/index.ts";
import { CUT_SEARCHES, DELIVERY_RESULTS, MENDED } from "./measures.ts";
import type { GitHubLimit, Measures } from "./measures.ts";
import { RateLimits } from "./rate-limits.ts";

/** GitHub's names of its rate limits: https://docs.github.com/en/rest/rate-limit/rate-limit */
const RESOURCES = [
  "core",
  "graphql",
  "search",
  "code_search",
  "integration_manifest",
  "dependency_snapshots",
];
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PATCH", "PUT", "DELETE"]);

const HOUR = 3600;
const DAY = 24 * HOUR;
const QUICK = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 8, 10];
const TO_CHECK = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, HOUR, 6 * HOUR, DAY];
const TO_ROLL = [HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY];

export interface MetricsOptions {
  /** Names of the events that the app subscribes to. Any other name, which a stranger may have made up, is `other`. */
  readonly events: readonly string[];
  /** The lanes of the queue. */
  readonly lanes: readonly string[];
  readonly version: string;
  readonly role: string;
  readonly now: () => Date;
}

/** The measures, and the registry that shows them. */
export interface Metrics {
  readonly measures: Measures;
  readonly registry: Registry;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { registry, measures: measuresIn(registry, options) };
}

function measuresIn(registry: Registry, options: MetricsOptions): Measures {
  const events = new Set(options.events);
  const limits = new RateLimits(RESOURCES);
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `rollcall_${name}`, help, labelNames, registers: [registry] });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly Label[],
  ) =>
    new Histogram({
      name: `rollcall_${name}`,
      help,
      buckets: [...buckets],
      labelNames,
      registers: [registry],
    });

  new Gauge({
    name: "rollcall_build_info",
    help: "1. The labels say which version runs and what the process does.",
    labelNames: ["version", "role", "node"],
    registers: [registry],
  }).set({ version: options.version, role: options.role, node: process.version }, 1);
  gitHubLimits(registry, limits, options.now);

  const deliveries = counter("deliveries_total", "Requests to the webhook's path.", ["event", "result"]);
  const answers = histogram(
    "delivery_answer_seconds",
    "From the headers of a delivery to its answer.",
    QUICK,
    [],
  );
  const toCheck = histogram(
    "delivery_to_check_seconds",
    "From the acceptance of a delivery to the check that shows its verdict.",
    TO_CHECK,
    [],
  );
  const scans = counter("scans_total", "Scopes that were read, or given up.", ["result"]);
  const commits = counter("scanned_commits_total", "Commits of the scopes that were read.", []);
  const gaps = counter("gaps_total", "Parts of scopes that could not be read.", ["reason"]);
  const findings = counter("findings_total", "Credentials found in scopes, by place.", ["kind", "mode"]);
  const toRoll = histogram(
    "time_to_roll_seconds",
    "From the finding of a key until it was rolled.",
    TO_ROLL,
    [],
  );
  const changes = counter("leak_changes_total", "Changes of leaks.", ["to", "how"]);
  const mended = counter("mended_total", "Work that was left behind and that the sweep found.", ["what"]);
  const jobs = counter("jobs_total", "Attempts at jobs. failed: given up for good.", ["lane", "outcome"]);
  const jobTime = histogram("job_seconds", "How long one attempt at a job took.", TO_CHECK, ["lane"]);
  const requests = counter("github_requests_total", "Requests to GitHub.", ["method", "result"]);
  const bytes = counter("fetched_bytes_total", "Bytes that came from GitHub.", ["by"]);
  const cut = counter("search_given_up_total", "Files whose search was cut short, which is a gap.", [
    "reason",
  ]);
  const database = histogram("database_seconds", "How long the database took.", QUICK, ["work"]);
  const databaseErrors = counter("database_errors_total", "Statements that the database refused.", ["class"]);
  const clock = counter(
    "clock_jumps_total",
    "Times that this machine's clock was set by more than a minute.",
    [],
  );

  // A series that begins at its first failure shows no increase for it.
  for (const event of [...events, "other"])
    for (const result of DELIVERY_RESULTS) deliveries.inc({ event, result }, 0);
  for (const reason of GAP_REASONS) gaps.inc({ reason }, 0);
  for (const kind of KINDS) for (const mode of ["live", "test", "none"]) findings.inc({ kind, mode }, 0);
  for (const reason of CUT_SEARCHES) cut.inc({ reason }, 0);
  for (const result of ["complete", "incomplete", "failed"]) scans.inc({ result }, 0);
  for (const result of ["2xx", "3xx", "4xx", "5xx", "limited", "none"])
    requests.inc({ method: "GET", result }, 0);
  for (const by of ["rest", "git"]) bytes.inc({ by }, 0);
  for (const what of MENDED) mended.inc({ what }, 0);
  for (const lane of options.lanes) for (const outcome of ["done", "failed"]) jobs.inc({ lane, outcome }, 0);

  return {
    delivery(event, result, seconds) {
      deliveries.inc({ event: events.has(event) ? event : "other", result });
      answers.observe(seconds);
    },
    verdictShown: (seconds) => toCheck.observe(Math.max(0, seconds)),
    scopeRead(coverage, found) {
      scans.inc({ result: coverage.gaps.length === 0 ? "complete" : "incomplete" });
      commits.inc(coverage.commits);
      for (const { reason } of coverage.gaps) gaps.inc({ reason });
      for (const { finding } of found) findings.inc({ kind: finding.kind, mode: finding.mode ?? "none" });
    },
    scopeFailed: () => scans.inc({ result: "failed" }),
    leakChanged({ to, how }, openSeconds) {
      changes.inc({ to, how });
      if (to === "rolled") toRoll.observe(Math.max(0, openSeconds));
    },
    mended(counts) {
      for (const what of MENDED) mended.inc({ what }, counts[what] ?? 0);
    },
    jobEnded(lane, outcome, seconds) {
      jobs.inc({ lane, outcome });
      jobTime.observe({ lane }, seconds);
    },
    gitHubAnswered({ method, status, limit, isLimited }) {
      const result = isLimited ? "limited" : status === null ? "none" : `${Math.floor(status / 100)}xx`;
      requests.inc({ method: METHODS.has(method) ? method : "other", result });
      if (limit !== null) limits.note(limit);
    },
    bytesFetched: (by, count) => bytes.inc({ by }, Math.max(0, count)),
    searchCut: (how) => cut.inc({ reason: how }),
    databaseAnswered(work, seconds, errorCode) {
      database.observe({ work }, seconds);
      if (errorCode !== null) databaseErrors.inc({ class: classOf(errorCode) });
    },
    clockJumped: () => clock.inc(),
  };
}

function gitHubLimits(registry: Registry, limits: RateLimits, now: () => Date): void {
  const gauge = (name: string, help: string, read: (limit: GitHubLimit) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["resource"],
      registers: [registry],
      collect() {
        this.reset();
        for (const [resource, limit] of limits.tightest(now())) this.set({ resource }, read(limit));
      },
    });
  gauge(
    "rollcall_github_rate_limit",
    "GitHub's rate limit of which the smallest part is left, over all installations.",
    ({ limit }) => limit,
  );
  gauge(
    "rollcall_github_rate_limit_remaining",
    "Requests that this limit still allows.",
    ({ remaining }) => remaining,
  );
}

/** The class of a SQLSTATE, of which there are some forty; any other code means that there was no answer. */
function classOf(code: string): string {
  return /^[0-9A-Z]{5}$/.test(code) ? code.slice(0, 2) : "connection";
}
