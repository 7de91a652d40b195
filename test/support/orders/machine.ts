import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { ScopeRecord } from "../../../src/domain/index.ts";
import { acceptDeliveries, buryJob, DEFAULT_LIMITS, PushWatch, runJob } from "../../../src/jobs/index.ts";
import type { JobContext } from "../../../src/jobs/index.ts";
import { countingScopes } from "../../../src/jobs/head-verdict.ts";
import { DEFAULT_CONFIGURATION } from "../../../src/policy/index.ts";
import { findKey, scanContent } from "../../../src/scan/index.ts";
import { NO_MEASURES } from "../../../src/measure/index.ts";
import { createLog } from "../../../src/server/log.ts";
import { KeyedLock } from "../../../src/source/index.ts";
import type { RecordStore } from "../../../src/store/index.ts";
import { FakeGitHub } from "../fake-github.ts";
import type { Fault } from "../fake-github.ts";
import { FakeQueue } from "../fake-queue.ts";
import type { QueuedJob } from "../fake-queue.ts";
import { overriding } from "../overriding.ts";
import { inMemory } from "./records.ts";
import type { HistoryRecord, MakeRecord } from "./records.ts";
import { shownPull, Site } from "./site.ts";
import type { Mail } from "./site.ts";

/** A request that waits to be let through. */
interface Gate {
  readonly request: string;
  open(fault: Fault | null): void;
}

const LOG = createLog("silent");
const MAX_ATTEMPTS = 40;

/** Bounds on what never ends: looks at checks in a row, and turns of the event loop until every process waits. */
const MAX_LOOKS = 1_000;
const MAX_TURNS = 100_000;

/** One process with its own locks. What it asks of GitHub waits until it is let through, one request at a time. */
export class Worker {
  alive = true;
  readonly running = new Set<QueuedJob>();
  readonly gates: Gate[] = [];
  readonly context: JobContext;

  constructor(machine: Machine) {
    const client = machine.github.client(
      (request) =>
        new Promise((resolve) => {
          machine.activity += 1;
          this.gates.push({ request, open: resolve });
        }),
    );
    const { graph } = machine.site;
    this.context = {
      github: {
        installation: async (id) => machine.github.installationClient(client, id),
        asApp: async () => client,
        app: () => machine.github.app(),
      },
      record: machine.recordFor(() => this.alive),
      configuration: {
        read: async () => ({ configuration: DEFAULT_CONFIGURATION, problems: [] }),
        forget: () => {},
        carry: () => {},
      },
      lock: new KeyedLock(),
      scanContent,
      findKey,
      stripe: { activityOf: async () => ({ activity: "unknown", grounds: "unreachable" }) },
      githubUrl: "https://github.com",
      openGit: () => graph.source(machine.site.refs),
      pushes: new PushWatch(),
      // Histories are not of interest here.
      openHistory: () => ({
        listRefs: async () => [],
        fetch: async (_refs, _of, _signal, read) => read({ gitDirectory: "/", tips: [], fetchedBytes: 0 }),
        remove: async () => {},
      }),
      readHistory: async () => ({ findings: [], gaps: [], holders: [], atTip: [], objects: 0, bytes: 0 }),
      marker: (_repository, fingerprint) =>
        createHash("sha256").update(fingerprint).digest("hex").slice(0, 40),
      webhook: null,
      formerMarkers: () => [],
      limits: DEFAULT_LIMITS,
      measures: NO_MEASURES,
      log: LOG,
      now: () => new Date(machine.clock),
    };
  }
}

/** Some processes over one record, one queue and one GitHub, moved on step by step. */
export class Machine {
  clock = Date.UTC(2026, 10, 21, 12);
  /** Counts what happens, to see when nothing does. */
  activity = 0;
  readonly github = new FakeGitHub();
  readonly queue = new FakeQueue();
  readonly record: HistoryRecord;
  readonly site = new Site(() => new Date(this.clock));
  readonly workers: Worker[];
  /** What must never happen and did. */
  readonly violations: string[] = [];
  /** At checks, since a process last waited for anything. */
  #looks = 0;

  constructor(workers: number, make: MakeRecord = inMemory) {
    this.record = make((jobs) => this.queue.store(jobs));
    this.github.roles.set("ann", "write");
    this.github.roles.set("max", "maintain");
    this.github.issueChanged = (number) => this.site.issueChanged(number);
    Object.defineProperty(this.github, "repository", { get: () => this.site.shown() });
    this.github.between = (base, head) => this.site.graph.range(head, [base]);
    this.github.listPulls = () => this.site.pulls.map(shownPull);
    this.github.commits.get = (sha) => this.site.graph.answer(sha);
    this.workers = Array.from({ length: workers }, () => new Worker(this));
  }

  /** The record of one process, which looks at each green that is about to be written. */
  recordFor(isAlive: () => boolean): RecordStore {
    const record = this.record.open(isAlive);
    return {
      ...record,
      checks: overriding(record.checks, {
        find: async (...of) => {
          this.#looks += 1;
          if (this.#looks > MAX_LOOKS) {
            this.violations.push("a check is looked at without end");
            throw new Error("This ends it.");
          }
          return record.checks.find(...of);
        },
        saveRun: async (repositoryId, head, writer, run, wanted) => {
          const kept = await record.checks.saveRun(repositoryId, head, writer, run, wanted);
          if (kept && run.pending && run.conclusion === "success") await this.#assertMayBeGreen(head);
          return kept;
        },
      }),
    };
  }

  async #assertMayBeGreen(head: string): Promise<void> {
    const unread = (await this.#counting(head)).filter((scope) => scope.state !== "read");
    const leaking = await this.uncleared(head);
    if (unread.length > 0)
      this.violations.push(`green over the unread ${unread.map(({ id }) => id).join(", ")}`);
    if (leaking.length > 0) this.violations.push(`green over the leaked ${leaking.join(", ")} at ${head}`);
    const again = await this.#broughtAgain(head);
    if (again.length > 0)
      this.violations.push(`green over ${again.join(", ")}, rolled before and brought again at ${head}`);
  }

  /** Keys that a writer brings in commits which are not on record, although they were said to be rolled before that. */
  async #broughtAgain(head: string): Promise<readonly string[]> {
    const rolled = new Map(
      (await this.record.leaks()).flatMap(({ state, stateAt, fingerprint }) =>
        state === "rolled" && stateAt !== null ? [[fingerprint, stateAt] as const] : [],
      ),
    );
    if (rolled.size === 0) return [];
    const { leaks } = this.record.open();
    const again: string[] = [];
    for (const { repositoryId, trust, firstNotedAt, findings } of await this.#counting(head)) {
      if (trust.kind !== "writer") continue;
      for (const { finding } of findings) {
        const { fingerprint, commit } = finding;
        const since = rolled.get(fingerprint);
        // Heard of the closing when the push was on record: a person said so of that commit too.
        if (since === undefined || since >= firstNotedAt) continue;
        const known = (await leaks.locations(repositoryId, [fingerprint])).get(fingerprint) ?? [];
        if (!known.some((place) => place.commit === commit)) again.push(fingerprint);
      }
    }
    return again;
  }

  async #counting(head: string): Promise<readonly ScopeRecord[]> {
    return countingScopes(await this.record.scopesAt(head));
  }

  /**
   * A check that counts as shown is at GitHub as the record has it, and never green over what is unread or leaked. It may be
   * in progress at GitHub for a while: a writer that lost its claim made one more run, and its answer is on the way. In
   * the end every check must be completed, which the end of a history asserts.
   */
  async assertShown(): Promise<void> {
    for (const { head, check } of await this.record.checks()) {
      const { wanted, shown, run, rerun } = check;
      if (wanted !== shown || rerun || run === null || run.pending) continue;
      const actual = this.github.current(head)?.conclusion ?? null;
      if (actual !== null && actual !== run.conclusion)
        this.violations.push(`${head} shows ${actual}, the record says ${run.conclusion}`);
      if (actual === "success") await this.#assertMayBeGreen(head);
    }
  }

  /** Keys on record for a head that no person cleared. */
  async uncleared(head: string): Promise<readonly string[]> {
    const cleared = await this.clearedAt(head);
    const found = (await this.#counting(head)).flatMap(({ findings }) =>
      findings.map(({ finding }) => finding.fingerprint),
    );
    return found.filter((fingerprint) => !cleared.has(fingerprint));
  }

  /** Keys that need not make this commit red. A change of state leaves the check of a commit that nothing points at. */
  async clearedAt(head: string): Promise<ReadonlySet<string>> {
    const isPointed = (await this.record.pointedHeads()).has(head);
    return new Set(
      (await this.record.leaks()).flatMap(({ state, stateAt, fingerprint }) =>
        state !== "open" || (!isPointed && stateAt !== null) ? [fingerprint] : [],
      ),
    );
  }

  /** Waits for something whose requests all pass. */
  async letThrough(worker: Worker, work: Promise<void>): Promise<void> {
    const state = { ended: false };
    const end = work.finally(() => {
      state.ended = true;
    });
    while (!state.ended) {
      worker.gates.shift()?.open(null);
      await turn();
    }
    await end;
  }

  /** Resolves when every process waits for GitHub or has nothing to do. */
  async quiesce(): Promise<void> {
    for (let quiet = 0, seen = -1, turns = 0; quiet < 2; turns += 1) {
      if (turns > MAX_TURNS) {
        this.violations.push("a process neither waits nor ends");
        return;
      }
      await turn();
      this.#looks = 0;
      const waits = this.workers.some(({ running, gates }) => running.size > 0 && gates.length === 0);
      const busy = waits || this.record.isBusy();
      quiet = busy || seen !== this.activity ? 0 : quiet + 1;
      seen = this.activity;
    }
  }

  async deliver(mail: Mail): Promise<void> {
    await acceptDeliveries(this.record.open(), [mail], new Date(this.clock));
  }

  /** Begins a job on a process. */
  start(worker: Worker, job: QueuedJob): void {
    job.state = "active";
    job.attempts += 1;
    worker.running.add(job);
    void this.#run(worker, job).finally(() => {
      this.activity += 1;
    });
  }

  async #run(worker: Worker, job: QueuedJob): Promise<void> {
    try {
      await runJob(worker.context, job.job);
      if (worker.running.delete(job)) job.state = "done";
    } catch (error) {
      if (!worker.running.delete(job)) return;
      job.runAt = this.clock + 5_000;
      job.state = "waiting";
      if (job.attempts < MAX_ATTEMPTS) return;
      this.violations.push(`given up: ${job.job.kind}: ${String(error)}`);
      job.state = "failed";
      await buryJob(worker.context, job.job, "It failed too often.");
    }
  }

  /** The process dies in the middle of what it does. Its jobs begin again when their lease has ended. */
  kill(index: number, applied: boolean): void {
    const worker = this.workers[index];
    if (worker === undefined) return;
    this.workers[index] = new Worker(this);
    worker.alive = false;
    for (const job of worker.running) {
      job.state = "waiting";
      job.runAt = this.clock + 30_000;
    }
    worker.running.clear();
    // A request under way may still arrive; its answer is lost.
    if (applied) worker.gates.shift()?.open("after");
    worker.gates.length = 0;
  }

  /**
   * Lets everything happen that is left to happen.
   *
   * @param seed chooses the order of jobs and processes, and with it which requests go wrong; null: in order, and none
   */
  async drain(seed: number | null): Promise<void> {
    const choice = chooser(seed);
    let faults = seed === null ? 0 : MAX_FAULTS;
    for (let step = 0; step < 5_000; step += 1) {
      await this.quiesce();
      const waiting = this.workers.filter(({ gates }) => gates.length > 0);
      const [job] = choice.of(this.queue.due(this.clock));
      const free = this.workers.filter(({ running }) => running.size === 0);
      const [worker] = choice.of(free);
      if (job !== undefined && worker !== undefined && (waiting.length === 0 || choice.one(3))) {
        this.start(worker, job);
        continue;
      }
      const [asking] = choice.of(waiting);
      if (asking !== undefined) {
        const fault = faults > 0 && choice.one(8) ? (choice.of(FAULTS)[0] ?? null) : null;
        if (fault !== null) faults -= 1;
        asking.gates.shift()?.open(fault);
        continue;
      }
      const next = this.queue
        .all()
        .filter(({ state, job: { kind } }) => state === "waiting" && kind !== "sweep");
      if (next.length === 0) return;
      this.clock = Math.max(this.clock + 1, Math.min(...next.map(({ runAt }) => runAt)));
    }
    this.violations.push("it never comes to rest");
  }
}

/** Faults in one drain, so that it ends. */
const MAX_FAULTS = 5;
const FAULTS = ["after", "before", 502, "after"] as const;

interface Chooser {
  /** The chosen one first. */
  of<Item>(items: readonly Item[]): readonly Item[];
  /** True once in so many times. */
  one(times: number): boolean;
}

/** Choices that follow from a number alone (a linear congruential generator). */
function chooser(seed: number | null): Chooser {
  let state = seed ?? 0;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return {
    of: (items) => (seed === null || items.length < 2 ? items : items.slice(next(items.length))),
    one: (times) => seed !== null && next(times) === 0,
  };
}
