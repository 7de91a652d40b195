import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { noteBaseline } from "../../../src/jobs/baseline.ts";
import { loadRepository } from "../../../src/jobs/load-repository.ts";
import { sweep } from "../../../src/jobs/sweep.ts";
import { isNeutralIssue, markersOf } from "../../../src/report/index.ts";
import { fingerprintOf, keyText } from "./graph.ts";
import type { FakeChange, FakeIssue } from "../fake-github.ts";
import { Machine } from "./machine.ts";
import { Expectation, REPOSITORY } from "./site.ts";
import type { Mail } from "./site.ts";
import { inMemory } from "./records.ts";
import type { MakeRecord } from "./records.ts";

/** Actions of people; those listed more often are more likely. */
const DEEDS = [
  ...(["push", "push", "push", "new_branch", "merge", "merge", "tag", "open", "fork", "push_fork"] as const),
  ...(["close", "reopen", "edit_base", "merge_pull", "rerun", "delete", "push_back"] as const),
];

/** What becomes of it: deliveries, jobs, requests and their answers, and people who clear a key. */
const EVENTS = [
  ...(["deliver", "deliver", "deliver", "deliver", "deliver", "deliver", "redeliver", "lose"] as const),
  ...(["close_issue", "close_issue", "close_issue", "reopen_issue", "delete_issue", "show"] as const),
  ...(["start", "start", "start", "start", "start", "start", "finish", "finish", "finish"] as const),
  ...([
    "settle",
    "settle",
    "settle",
    "finish",
    "answer",
    "answer",
    "answer",
    "answer",
    "fault",
    "fault",
    "kill",
    "wait",
  ] as const),
];

type Deed = (typeof DEEDS)[number];
type Event = (typeof EVENTS)[number];

function isDeed(kind: Deed | Event): kind is Deed {
  return DEEDS.some((deed) => deed === kind);
}

/** One step: what happens, and two numbers that choose what it happens to. */
export type Step = readonly [kind: Deed | Event, a: number, b: number];

export const histories: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.constantFrom(...DEEDS, ...EVENTS), fc.nat(11), fc.nat(11)),
  { minLength: 10, maxLength: 80, size: "max" },
);

const FAULTS = ["before", "after", 502, "after"] as const;
const BRANCHES = ["main", "one", "two"];
const KEYS = 4;

function personNamed(login: string): Omit<FakeChange, "kind" | "id"> {
  return { login, type: "User", closer: null };
}

/** Who or what closes issues: people of each role, a commit and a pull request in the name of one, another app. */
const CLOSERS: readonly Omit<FakeChange, "kind" | "id">[] = [
  personNamed("ann"),
  personNamed("max"),
  personNamed("stranger"),
  { login: "max", type: "User", closer: "Commit" },
  { login: "max", type: "User", closer: "PullRequest" },
  { login: "stale-app", type: "Bot", closer: null },
];
const REASONS = ["completed", "completed", "not_planned", "duplicate"] as const;

/** What the last change of an issue means, in the words of the documentation. */
function modelState(
  state: "open" | "closed",
  last: FakeChange | undefined,
  reason: string | null,
): "open" | "rolled" | "dismissed" {
  if (state === "open" || last?.type !== "User" || last.closer !== null) return "open";
  if (reason === "completed" && last.login !== "stranger") return "rolled";
  return reason === "not_planned" && last.login === "max" ? "dismissed" : "open";
}

/** One history on some processes, checked after each step and at its end. */
export class History {
  readonly machine: Machine;
  readonly #expected: Expectation;
  readonly #delivered: Mail[] = [];

  constructor(workers: number, make: MakeRecord = inMemory) {
    this.machine = new Machine(workers, make);
    this.#expected = new Expectation(this.machine.site);
  }

  /** @returns what went wrong; empty for nothing */
  async run(steps: readonly Step[]): Promise<readonly string[]> {
    const { machine } = this;
    const record = machine.record.open();
    await record.repositories.note(REPOSITORY);
    const [first] = machine.workers;
    if (first !== undefined) {
      const known = await loadRepository(first.context, REPOSITORY.id);
      if (known !== null) await machine.letThrough(first, noteBaseline(first.context, known));
    }
    for (const step of steps) {
      machine.clock += step[2] % 3 === 0 ? 0 : 700;
      const [kind, a, b] = step;
      if (isDeed(kind)) this.#do(kind, a, b);
      else await this.#run(kind, a, b);
      await machine.quiesce();
      await machine.assertShown();
      if (machine.violations.length > 0) return machine.violations;
    }
    await this.#end();
    return machine.violations;
  }

  #do(kind: Deed, a: number, b: number): void {
    const { site } = this.machine;
    const branch = BRANCHES[a % BRANCHES.length] ?? "main";
    const key = b % 2 === 0 ? (b / 2) % KEYS : null;
    const number = (a % 4) + 1;
    switch (kind) {
      case "push":
        return site.push(branch, b % 3 === 0 ? [key, null] : [key]);
      case "new_branch":
        return site.push(`new-${b}`, a % 2 === 0 ? [key, null] : [key]);
      case "merge": {
        const refs = [...site.refs.keys()].filter((ref) => ref.startsWith("refs/heads/"));
        return site.merge((refs[a % refs.length] ?? "").slice("refs/heads/".length));
      }
      case "tag":
        return site.tag(`v${b}`, branch);
      case "open":
        return site.open(branch === "main" ? "one" : branch, b % 2 === 0 ? "ann" : "stranger", null);
      case "fork":
        return site.open(null, b % 3 === 0 ? "ann" : "stranger", key);
      case "push_fork":
        return site.pushToFork(number, key);
      case "close":
        return site.close(number);
      case "reopen":
        return site.reopen(number);
      case "edit_base":
        return site.editBase(number);
      case "merge_pull":
        return site.mergePull(number);
      case "rerun": {
        const heads = this.#expected.heads();
        const head = heads[a % Math.max(1, heads.length)];
        return head === undefined ? undefined : site.rerun(head);
      }
      case "delete": {
        const refs = [...site.refs.keys()].filter((ref) => ref !== "refs/heads/main");
        const ref = refs[a % Math.max(1, refs.length)];
        return ref === undefined ? undefined : site.delete(ref);
      }
      case "push_back":
        return site.pushBack(branch);
    }
  }

  async #run(kind: Event, a: number, b: number): Promise<void> {
    const { machine } = this;
    const worker = machine.workers[a % machine.workers.length];
    if (worker === undefined) return;
    switch (kind) {
      case "deliver": {
        const [mail] = machine.site.mail.splice(
          b % 4 === 0 ? a % Math.max(1, machine.site.mail.length) : 0,
          1,
        );
        return mail === undefined ? undefined : this.#deliver(mail);
      }
      case "redeliver": {
        const mail = this.#delivered[a % Math.max(1, this.#delivered.length)];
        return mail === undefined ? undefined : machine.deliver(mail);
      }
      case "start": {
        const due = machine.queue.due(machine.clock).filter(({ stored }) => stored.lane !== "hold");
        const job = due[b % Math.max(1, due.length)];
        if (job !== undefined && ![...worker.running].some(({ stored }) => stored.lane !== "hold"))
          machine.start(worker, job);
        return;
      }
      case "answer":
        worker.gates.splice(b % Math.max(1, worker.gates.length), 1)[0]?.open(null);
        return;
      case "finish":
        for (let count = 0; count < 20 && worker.gates.length > 0; count += 1) {
          worker.gates.shift()?.open(null);
          await machine.quiesce();
        }
        return;
      case "fault":
        worker.gates.shift()?.open(FAULTS[b % FAULTS.length] ?? null);
        return;
      case "settle":
        // A quiet time: everything is delivered and done before the next step.
        for (const mail of machine.site.mail.splice(0)) await this.#deliver(mail);
        await machine.drain(a * 12 + b);
        return this.#checkGreens();
      case "kill":
        return machine.kill(a % machine.workers.length, b % 2 === 0);
      case "wait":
        machine.clock += b % 2 === 0 ? 6_000 : 40_000;
        return;
      case "close_issue":
        return this.#closeIssue(a, b);
      case "reopen_issue": {
        const issue = this.#issueAt(a);
        const login = b % 2 === 0 ? "ann" : "stranger";
        if (issue !== undefined) machine.github.changeIssue(issue, "reopened", personNamed(login));
        return;
      }
      case "delete_issue": {
        const issue = this.#issueAt(a);
        if (issue !== undefined && b % 4 === 0) machine.github.deleteIssue(issue);
        return;
      }
      case "show":
        return b % 3 === 0 ? machine.site.toggleVisibility() : undefined;
      case "lose": {
        // What happens to an issue is found again by the daily look; other lost deliveries have tests of their own.
        const { mail } = machine.site;
        const index = mail.findIndex(({ notices }) => notices[0]?.kind === "issue_changed");
        if (index >= 0) mail.splice(index, 1);
        return;
      }
    }
  }

  async #deliver(mail: Mail): Promise<void> {
    const { machine } = this;
    await machine.deliver(mail);
    this.#delivered.push(mail);
    this.#expected.accept(mail.notices);
    // The quickest lane has a place of its own on each process.
    const [worker] = machine.workers;
    for (const job of machine.queue.due(machine.clock))
      if (job.stored.lane === "hold" && worker !== undefined) machine.start(worker, job);
  }

  #issueAt(which: number): FakeIssue | undefined {
    const { issues } = this.machine.github;
    return issues[which % Math.max(1, issues.length)];
  }

  /** Someone or something closes an issue, with one of the reasons. */
  #closeIssue(a: number, b: number): void {
    const issue = this.#issueAt(a);
    const by = CLOSERS[b % CLOSERS.length];
    if (issue === undefined || by === undefined) return;
    this.machine.github.changeIssue(issue, "closed", by, REASONS[(a + b) % REASONS.length]);
  }

  /** Everything is delivered and done; then the sweep has nothing left to find. */
  async #end(): Promise<void> {
    const { machine } = this;
    for (const mail of machine.site.mail.splice(0)) await this.#deliver(mail);
    await machine.drain(null);
    for (let round = 0; round < 3; round += 1) {
      machine.clock += 10 * 60_000;
      const [worker] = machine.workers;
      if (worker === undefined) return;
      const counts = await sweep(worker.context);
      await machine.drain(null);
      if (round > 0 && Object.values(counts).some((count) => count > 0))
        machine.violations.push(`the sweep still finds ${JSON.stringify(counts)}`);
    }
    // A day later the issues are compared with the record, so no lost delivery matters any more.
    machine.clock += 25 * 60 * 60_000;
    for (let round = 0; round < 2; round += 1) {
      const [worker] = machine.workers;
      if (worker !== undefined) await sweep(worker.context);
      await machine.drain(null);
      for (const mail of machine.site.mail.splice(0)) await this.#deliver(mail);
      await machine.drain(null);
    }
    await this.#checkHeads();
    await this.#checkIssues();
    await this.#checkStates();
    await this.#checkSecrets();
  }

  /** The state of each leak follows from who closed or reopened its issue last, by GitHub's own list. */
  async #checkStates(): Promise<void> {
    const { github, record, site, violations } = this.machine;
    for (const { fingerprint, state, issueNumber } of await record.leaks()) {
      const issue = github.issues.find(({ number }) => number === issueNumber);
      const last = issue?.changes.at(-1);
      const wanted = issue === undefined ? "open" : modelState(issue.state, last, issue.state_reason);
      if (issue === undefined && state !== "open") continue;
      // The neutral issue of a public repository is reopened for a new key; those that were rolled stay rolled.
      if (site.wasPublic && wanted === "open") continue;
      if (wanted !== state) violations.push(`${fingerprint} is ${state}, its issue says ${wanted}`);
    }
  }

  async #checkSecrets(): Promise<void> {
    const { github, record, violations } = this.machine;
    const written = JSON.stringify([github.runs, github.issues, github.comments(), await record.leaks()]);
    for (let key = 0; key < KEYS; key += 1)
      if (written.includes(keyText(key))) violations.push(`the text of key ${key} was written`);
  }

  async #checkHeads(): Promise<void> {
    const { github, record, violations } = this.machine;
    await this.#checkGreens();
    const pointed = await record.pointedHeads();
    const hasChanged = (await record.leaks()).some(({ stateAt }) => stateAt !== null);
    for (const head of this.#expected.heads()) {
      const run = github.current(head);
      if (run === null || run.conclusion === null) violations.push(`no completed check at ${head}`);
      const isLeft = !pointed.has(head) && hasChanged;
      if (run?.conclusion === "failure" && !isLeft && (await this.machine.uncleared(head)).length === 0)
        violations.push(`in the end red without a key at ${head}`);
    }
  }

  /** No head is green over a key that was brought to it, by what was accepted and not by the app's record. */
  async #checkGreens(): Promise<void> {
    const { github, violations } = this.machine;
    for (const head of this.#expected.heads()) {
      const cleared = await this.machine.clearedAt(head);
      const keys = [...this.#expected.keysAt(head)].filter((key) => !cleared.has(key));
      if (github.current(head)?.conclusion === "success" && keys.length > 0)
        violations.push(`at rest green over ${keys.join(", ")} at ${head}`);
    }
  }

  /** Private: one issue a key. Public: one neutral issue, and no issue that says anything of a key. */
  async #checkIssues(): Promise<void> {
    const { github, record, site, violations } = this.machine;
    const leaks = await record.leaks();
    const markers = github.issues.flatMap(({ body }) => markersOf(body));
    const neutral = github.issues.filter(({ body }) => isNeutralIssue(body, markerOf("neutral")));
    if (neutral.length > 1) violations.push(`there are ${neutral.length} neutral issues`);
    const open = leaks.filter(({ state }) => state === "open");
    for (const { fingerprint, issueNumber } of open) {
      const isNeutral = neutral.some(({ number }) => number === issueNumber);
      if (isNeutral === site.private) violations.push(`the issue of ${fingerprint} is in the wrong place`);
    }
    for (let key = 0; key < KEYS; key += 1) {
      const marker = markerOf(fingerprintOf(key));
      const count = markers.filter((each) => each === marker).length;
      const wanted = this.#expected.reported.has(key) && site.private ? 1 : 0;
      const cleared = leaks.some((leak) => leak.fingerprint === fingerprintOf(key) && leak.state !== "open");
      // A public repository has one neutral issue, which names no key.
      const isMissing = count < wanted && !cleared && !site.wasPublic;
      if (count > (site.private ? 1 : 0) || isMissing) violations.push(`key ${key} has ${count} issues`);
    }
  }
}

function markerOf(fingerprint: string): string {
  return createHash("sha256").update(fingerprint).digest("hex").slice(0, 40);
}
