import * as fc from "fast-check";
import { ACTIVITIES, BUTTONS, NO_FACTS } from "../../src/domain/index.ts";
import type {
  Finding,
  HistoryTrust,
  NotedScope,
  Origin,
  PastFinding,
  Scope,
  ScopeFinding,
} from "../../src/domain/index.ts";
import { acceptDeliveries } from "../../src/jobs/index.ts";
import { endScopes, failScope, finishScope, noteScope, rereadHead } from "../../src/jobs/scope-life.ts";
import { KEY_STANDINGS } from "../../src/store/history-report-record.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { atHead, madeFinding } from "./reported.ts";

/** What is done to a record: its answer, and what the record shows afterwards, must be the same in every implementation. */
export type RecordCommand = (record: RecordStore, repositoryId: number) => Promise<unknown>;

/** More than there is: the lists hold what is due in all repositories of the database. */
const ALL = 9999;

const HEADS = ["1", "2", "3"].map((digit) => digit.repeat(40));
const FOUND: readonly ScopeFinding[] = [1, 2, 3].map((line) => atHead(madeFinding({ line, endLine: line })));
const KEYS = ["push:refs/heads/main", "push:refs/heads/b", "pull_request:1", "merge_group:g"];
const FINGERPRINTS = FOUND.map(({ finding }) => finding.fingerprint);

const PAST_KEY = "0".repeat(20);

/** One place twice, told differently; a message; and two files. */
const PAST: readonly PastFinding[] = [
  pastOf({ path: "a.ts" }, "writer", { isAtTip: true }),
  pastOf({ path: "a.ts" }, "unknown", { branches: ["main"], hasMoreBranches: true }),
  pastOf({ path: "b.ts" }, "stranger", { ref: "refs/pull/3/head" }),
  pastOf({ path: null, place: "commit_message", commit: "1".repeat(40) }, "unknown", { source: "commit" }),
];

function pastOf(
  finding: Partial<Finding>,
  trust: HistoryTrust,
  { source = "file", ...origin }: Partial<Origin>,
): PastFinding {
  const none = { author: "Ann", date: null, branches: [], hasMoreBranches: false, ref: null };
  const isAtTip = source === "file" ? false : null;
  return {
    finding: { ...madeFinding(finding), fingerprint: PAST_KEY },
    origin: { ...none, isAtTip, source, ...origin },
    trust,
    pulls: trust === "stranger" ? [3] : [],
  };
}

const aHead = fc.constantFrom(...HEADS);
const aTime = fc.nat(8).map((second) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)));
const findings = fc.subarray([...FOUND]);
const aFingerprint = fc.constantFrom(...FINGERPRINTS);
const fingerprints = fc.subarray(FINGERPRINTS, { minLength: 1 });

const aScope: fc.Arbitrary<Scope> = fc.oneof(
  fc.record({
    kind: fc.constant("push" as const),
    ref: fc.constantFrom("refs/heads/main", "refs/heads/b"),
    before: fc.option(aHead),
    after: aHead,
  }),
  fc.record({
    kind: fc.constant("pull_request" as const),
    number: fc.constant(1),
    base: aHead,
    head: aHead,
  }),
  fc.record({
    kind: fc.constant("merge_group" as const),
    ref: fc.constant("g"),
    base: aHead,
    head: aHead,
  }),
);

function notedOf(repositoryId: number, scope: Scope, asOf: Date, writer: boolean): NotedScope {
  const trust = writer ? ({ kind: "writer" } as const) : ({ kind: "nobody" } as const);
  return { repositoryId, scope, defaultBranch: writer, facts: NO_FACTS, trust, asOf };
}

function repositoryOf(id: number, hidden = true, name = "shop") {
  return { id, installationId: 5, owner: "acme", name, private: hidden, defaultBranch: "main" };
}

/** The scopes at a head, which the commands choose from. */
async function chosen(record: RecordStore, id: number, head: string, index: number) {
  const scopes = await record.scopes.atHead(id, head);
  return scopes[index % Math.max(1, scopes.length)] ?? null;
}

export const recordCommands: fc.Arbitrary<RecordCommand> = fc.oneof(
  fc.tuple(aScope, aTime, aTime, fc.boolean(), fc.boolean()).map(
    ([scope, asOf, now, fresh, writer]): RecordCommand =>
      (record, id) =>
        record.transaction((within) => noteScope(within, notedOf(id, scope, asOf, writer), fresh, now)),
  ),
  fc.tuple(fc.constantFrom(...KEYS), aTime, aTime).map(
    ([key, asOf, now]): RecordCommand =>
      (record, id) =>
        record.transaction((within) => endScopes(within, id, key, asOf, now)),
  ),
  fc
    .tuple(aHead, fc.nat(3), findings, aTime, fc.nat(1), fc.boolean())
    .map(([head, index, found, now, older, whole]): RecordCommand => async (record, id) => {
      const scope = await chosen(record, id, head, index);
      if (scope === null) return null;
      const gaps = whole ? [] : [{ reason: "too_large" as const, commit: head, path: "a.zip", detail: "" }];
      const result = { commits: [head], findings: found, coverage: { commits: 1, files: 1, gaps } };
      const target = { repositoryId: id, installationId: 5 };
      const read = { ...scope, generation: scope.generation - older };
      return record.transaction((within) => finishScope(within, target, read, result, now));
    }),
  fc.tuple(aHead, fc.nat(3), aTime).map(([head, index, now]): RecordCommand => async (record, id) => {
    const scope = await chosen(record, id, head, index);
    return scope === null
      ? null
      : record.transaction((within) => failScope(within, scope, "It failed.", now));
  }),
  fc.tuple(aHead, aTime).map(
    ([head, now]): RecordCommand =>
      (record, id) =>
        record.transaction((within) => rereadHead(within, id, head, now)),
  ),
  fc
    .tuple(aHead, aTime, fc.constantFrom("a", "b"))
    .map(([head, now, name]): RecordCommand => (record, id) => {
      const notice = { kind: "rerun", repository: repositoryOf(id), head } as const;
      return acceptDeliveries(record, [{ id: `${id} ${name}`, notices: [notice] }], now);
    }),
  fc.tuple(aHead, fc.constantFrom("one", "two"), aTime, aTime).map(
    ([head, writer, now, until]): RecordCommand =>
      (record, id) =>
        record.checks.claim(id, head, writer, now, until),
  ),
  fc.tuple(aHead, fc.constantFrom("one", "two"), aTime, aTime).map(
    ([head, writer, now, until]): RecordCommand =>
      (record, id) =>
        record.checks.take(id, head, writer, now, until),
  ),
  fc
    .tuple(aHead, fc.constantFrom("one", "two"), fc.option(fc.nat(4)), fc.boolean())
    .map(([head, writer, wanted, pending]): RecordCommand => (record, id) => {
      const run = { externalId: "x", runId: 7, conclusion: "success", pending, annotations: ["a"] } as const;
      return record.checks.saveRun(id, head, writer, { ...run, digest: "d" }, wanted);
    }),
  fc
    .tuple(aHead, fc.constantFrom("one", "two"), fc.nat(4), fc.boolean())
    .map(([head, writer, wanted, pending]): RecordCommand => (record, id) => {
      const run = { externalId: "y", runId: 8, conclusion: "neutral", pending, annotations: [] } as const;
      return record.checks.saveLast(id, head, writer, { ...run, digest: "e" }, wanted);
    }),
  fc.tuple(aHead, fc.constantFrom("one", "two"), fc.nat(4)).map(
    ([head, writer, wanted]): RecordCommand =>
      (record, id) =>
        record.checks.settle(id, head, writer, wanted),
  ),
  fc.tuple(aHead, fc.constantFrom("one", "two")).map(
    ([head, writer]): RecordCommand =>
      (record, id) =>
        record.checks.release(id, head, writer),
  ),
  fc.tuple(findings, aTime).map(
    ([found, at]): RecordCommand =>
      (record, id) =>
        record.leaks.add(
          id,
          found.map(({ finding }) => ({
            leak: finding,
            reportRepositoryId: id,
            locations: [finding, { ...finding, path: `${at.getTime()}.ts` }],
          })),
          at,
        ),
  ),
  fc
    .tuple(
      fingerprints,
      aTime,
      fc.nat(3),
      fc.constantFrom("covered", "asked", "told", "left", "retired", "returned"),
    )
    .map(([which, at, places, what]): RecordCommand => (record, id) => {
      if (what === "covered") return record.leaks.setNeutralAt(id, which, places === 0 ? null : at);
      if (what === "asked") return record.issues.putNeutral(id, { number: null, url: null, askedAt: at });
      if (what === "told")
        return record.issues.tell(id, 7, { places, commentId: null, commentedAt: at, commentFrom: null });
      if (what === "left")
        return record.issues.leave(id, { repositoryId: id, number: 7, fingerprints: which });
      if (what === "retired") return record.issues.retired(id, 7, at);
      return record.issues.returned(id, 7);
    }),
  fc
    .tuple(
      aFingerprint,
      fc.constantFrom("open", "rolled", "dismissed"),
      fc.constantFrom("open", "rolled"),
      aTime,
      fc.option(fc.constantFrom("E1", "E2")),
    )
    .map(
      ([fingerprint, from, to, at, settles]): RecordCommand =>
        (record, id) =>
          record.leaks.changeState(id, fingerprint, { from, to, actor: "ann", how: "attested", at }, settles),
    ),
  fc
    .tuple(fingerprints, aTime, fc.constantFrom("asked", "opened", "gone", "failed"))
    .map(([which, at, what]): RecordCommand => (record, id) => {
      const issue = { repositoryId: id, number: 7, url: "u", digest: null };
      if (what === "asked") return record.leaks.issueAsked(id, which, at);
      if (what === "opened") return record.leaks.issueOpened(id, which, issue);
      if (what === "gone") return record.leaks.issueGone(id, which);
      return record.leaks.reportFailed(id, which, "It failed.");
    }),
  fc
    .tuple(
      fc.boolean(),
      fc.constantFrom("shop", "store"),
      fc.constantFrom("note", "note", "confirm", "archive", "installed", "settle", "settle"),
      fc.constantFrom(5, 6),
      aTime,
    )
    .map(([hidden, name, what, installationId, at]): RecordCommand => async (record, id) => {
      const repository = { ...repositoryOf(id, hidden, name), installationId };
      if (what === "note") await record.repositories.note(repository);
      if (what === "installed") await record.repositories.noteInstalled([repository], at);
      if (what === "settle")
        await record.repositories.settleInstallation(id, 5, hidden ? installationId : null);
      if (what === "confirm") await record.repositories.confirm(repositoryOf(id, hidden, name), "active");
      if (what === "archive") await record.repositories.setState(id, "archived", hidden);
    }),
  fc.tuple(aTime, aTime, fc.constantFrom("heads", "subjects", "uninstalled", "removed", "repository")).map(
    ([before, at, what]): RecordCommand =>
      (record, id) =>
        record.transaction(async ({ retention, repositories }) => {
          if (what === "heads") return retention.examineHeads(id, HEADS, before, at);
          // Other repositories of the same database may have rows that go too.
          if (what === "subjects") await retention.removeSubjects(before, ALL);
          if (what === "uninstalled") await repositories.remove(5, [id]);
          if (what === "removed") await retention.noteRemoved(at);
          return what === "repository" && (await retention.removeOfRepository(id, before, ALL)) > 0;
        }),
  ),
  fc
    .tuple(aFingerprint, aTime, fc.constantFrom("told", "asked", "given", "wait", "summary"))
    .map(([fingerprint, at, what]): RecordCommand => async (record, id) => {
      const issue = { repositoryId: id, issueNumber: 7 };
      if (what === "told") {
        const changes = await record.outbox.changes(id, fingerprint);
        await record.outbox.told(
          changes.slice(0, 1).map(({ number }) => number),
          at,
        );
      }
      if (what === "asked") await record.reminders.asked(issue, at);
      if (what === "given") await record.reminders.given(issue, at);
      if (what === "wait") await record.reminders.wait(issue, at);
      const summary = { repositoryId: id, issueNumber: 9, askedAt: at, digest: null };
      if (what === "summary") await record.owners.putSummary(id, summary);
    }),
  fc.tuple(fc.integer({ min: 1, max: 2 }), fc.option(fc.constantFrom(7, 8)), fc.option(aTime)).map(
    ([number, issueNumber, closedAt]): RecordCommand =>
      (record, id) =>
        record.owners.putDrill({
          installationId: id,
          number,
          repositoryId: id,
          issueNumber,
          issueUrl: null,
          openedAt: null,
          askedAt: new Date(0),
          closedAt,
          closedBy: "ann",
          outcome: "attested",
          tasks: 5,
          tasksDone: 4,
        }),
  ),
  fc
    .tuple(aFingerprint, fc.option(fc.constantFrom(...ACTIVITIES)), fc.option(aTime), aTime)
    .map(([fingerprint, activity, nextAt, at]): RecordCommand => (record, id) => {
      const answer = activity === null ? null : ({ activity, grounds: "accepted" } as const);
      const unasked = activity === null ? ("off" as const) : null;
      const times = { askedAt: at, since: at, seenActiveAt: nextAt, nextAt };
      return record.activities.put(id, fingerprint, { answer, unasked, ...times });
    }),
  fc
    .tuple(aHead, fc.constantFrom(...BUTTONS), fc.constantFrom("ann", "bob"), aTime)
    .map(([head, button, login, at]): RecordCommand => async (record, id) => {
      await record.buttons.put(id, head, { button, login, result: "no_role", role: "write", at });
      await record.ignoredKeys.put(id, [{ fingerprint: FINGERPRINTS[0] ?? "", login, at }]);
    }),
  fc
    .tuple(fc.subarray(HEADS), aTime, fc.constantFrom("tips", "dropped", "refs", "gone", "issues", "unknown"))
    .map(([heads, at, what]): RecordCommand => async (record, id) => {
      const tips = heads.map(
        (sha) => ({ sha, kind: "baseline", ref: "r", knownAt: at, coveredAt: null }) as const,
      );
      if (what === "tips") await record.tips.add(id, tips);
      if (what === "dropped") await record.tips.dropBaseline(id, { refs: ["x"], shas: heads });
      const refs = heads.map((object) => ({
        ref: `refs/tags/${object.slice(0, 1)}`,
        object: `${object}${at.getTime()}`,
      }));
      if (what === "refs") await record.notedRefs.put(id, refs);
      const names = refs.map(({ ref }) => ref);
      if (what === "gone") await record.notedRefs.remove(id, names);
      if (what === "refs") await record.repositories.setRefsNotedAt(id, at);
      if (what === "issues") await record.repositories.setIssuesReadAt(id, at);
      if (what === "unknown") await record.repositories.setUnknownIssues(id, true);
    }),
  fc
    .tuple(
      fc.subarray([...PAST]),
      aTime,
      aTime,
      fc.constantFrom("1", "2"),
      fc.boolean(),
      fc.constantFrom(
        "ask",
        "ask",
        "size",
        "outdated",
        "begin",
        "progress",
        "finish",
        "finish",
        "fail",
        "reported",
      ),
    )
    .map(([past, at, other, version, whole, what]): RecordCommand => async (record, id) => {
      const { histories } = record;
      if (what === "ask") return histories.ask([id, id], at);
      if (what === "size") return histories.noteSize(id, at.getTime());
      // Other repositories of the same database may be outdated too.
      if (what === "outdated") await histories.askOutdated(version, at);
      if (what === "begin") return histories.begin(id, at, other);
      const done = { bytes: 7, objects: 3 };
      if (what === "progress") return histories.noteProgress(id, { ...done, objectsTotal: whole ? 9 : null });
      const problem = "It failed.";
      if (what === "fail")
        return histories.fail(id, { state: whole ? "failed" : "too_large", problem, dueAt: at });
      if (what === "reported") await record.histories.setReportedAt(id, at);
      if (what === "reported") await record.repositories.setHistoryReadAt(id, at);
      const gaps =
        other < at ? [{ reason: "too_large" as const, commit: null, path: "a.zip", detail: "" }] : [];
      const atTip = past.slice(0, 1).map(({ finding }) => finding.fingerprint);
      const holders = past.map(({ finding }) => ({ blob: finding.path ?? "", fingerprints: [version] }));
      const tips = { refs: HEADS, pulls: HEADS.slice(1) };
      const reading = {
        findings: past,
        gaps,
        detectorVersion: version,
        tips,
        holders,
        isWhole: whole,
        atTip: past.length === 0 ? null : atTip,
      };
      if (what === "finish") await histories.finish(id, { ...reading, ...done, at, dueAt: other });
    }),
  fc
    .tuple(
      fc.subarray([PAST_KEY, ...FINGERPRINTS]),
      aTime,
      fc.constantFrom(...KEY_STANDINGS),
      fc.option(fc.constantFrom("2019-01-02", "2024-05-06")),
      fc.constantFrom("plan", "plan", "added", "told", "found", "check"),
    )
    .map(([keys, at, standing, accountCreated, what]): RecordCommand => async (record, id) => {
      const { historyKeys, historyChecks, leaks } = record;
      const planned = keys.map((fingerprint, index) => ({
        fingerprint,
        standing: index === 0 ? standing : ("issue" as const),
        accountCreated: index === 2 ? null : accountCreated,
        isAtTip: at.getSeconds() % 2 === index % 2,
      }));
      if (what === "plan") return historyKeys.plan(id, planned);
      if (what === "added") return historyKeys.added(id, keys, at);
      if (what === "told") return historyKeys.told(id, keys, at);
      const former = keys.map((_, runId) => ({ head: "1".repeat(40), runId }));
      if (what === "check")
        return historyChecks.put(id, { head: "2".repeat(40), askedAt: at, former, moves: keys.length > 1 });
      const found = FOUND.map(({ finding }) => finding).filter((each) => keys.includes(each.fingerprint));
      const leak = { reportRepositoryId: id, fromHistory: true };
      return leaks.add(
        id,
        found.map((each) => ({ ...leak, leak: each, locations: [each] })),
        at,
      );
    }),
  fc.tuple(fc.constantFrom(...KEYS), aTime, fc.nat(2)).map(
    ([key, upTo, limit]): RecordCommand =>
      (record, id) =>
        record.scopes.end(id, key, "deleted", { upTo }, limit),
  ),
  fc.tuple(fc.subarray(HEADS), aTime).map(
    ([subjects, at]): RecordCommand =>
      (record, id) =>
        record.acceptedGaps.put(
          id,
          subjects.map((subject) => ({ subject, login: "ann", at })),
        ),
  ),
);

/** Everything that a record shows of a repository. */
export async function shownOf(record: RecordStore, id: number): Promise<unknown> {
  const late = new Date(Date.UTC(2026, 10, 22));
  const ofHeads = await Promise.all(
    HEADS.map(async (head) => ({
      scopes: await record.scopes.atHead(id, head),
      check: await record.checks.find(id, head),
      buttons: await record.buttons.at(id, head),
      tip: await record.tips.find(id, head),
      tips: await record.tips.findAll(id, [head, HEADS[0] ?? "", "none"]),
      following: await record.scopes.wholePushesFrom(id, head),
    })),
  );
  const ofKeys = await Promise.all(
    KEYS.map(async (key) => ({
      subject: await record.scopes.subject(id, key),
      first: (await record.scopes.firstOfKey(id, key))?.id,
    })),
  );
  const ofLeaks = await Promise.all(
    FINGERPRINTS.map(async (fingerprint) => ({
      events: await record.leaks.events(id, fingerprint),
      heads: await record.scopes.headsShowing(id, fingerprint),
      changes: (await record.outbox.changes(id, fingerprint)).map((change) => ({ ...change, number: 0 })),
      trusts: new Set(await record.scopes.trustsShowing(id, fingerprint, null)),
      late: new Set(await record.scopes.trustsShowing(id, fingerprint, late)),
      brought: await record.scopes.broughtBy(id, fingerprint),
      pointed: await record.scopes.pointedHeadsShowing(id, fingerprint),
      sharing: await record.leaks.sharing(id, fingerprint),
    })),
  );
  return {
    ...(await noticeOf(record, id, late)),
    ofHeads,
    ofKeys,
    ofLeaks,
    leaks: await record.leaks.all(id),
    withIssue: await record.leaks.withIssue(id, 7),
    reportedIn: await record.leaks.reportedIn(id),
    toMatch: (await record.repositories.toMatch(late, 9999)).includes(id),
    locations: await record.leaks.locations(id, FINGERPRINTS),
    refs: await record.scopes.refs(id),
    named: await record.tips.named(id, { at: late, firstRef: "refs/heads/main", limit: 2 }),
    repository: await record.repositories.find(id),
    hidden: await record.repositories.hidden([id]),
    notedRefs: await record.notedRefs.all(id),
    withoutBaseline: (await record.repositories.withoutBaseline(9999)).includes(id),
    accepted: await record.acceptedGaps.find(id, HEADS),
    ignored: await record.ignoredKeys.find(id, FINGERPRINTS),
    activities: await record.activities.find(id, FINGERPRINTS),
    due: await record.activities.due(late, ALL, id),
    dueOfAll: (await record.activities.due(new Date(Date.UTC(2026, 10, 21, 12, 0, 4)), ALL)).filter(
      ({ repositoryId }) => repositoryId === id,
    ),
    unread: (await record.scopes.unread(late, ALL)).filter((scope) => scope.repositoryId === id),
    stale: (await record.checks.stale(late, ALL)).filter((check) => check.repositoryId === id),
    removed: (await record.retention.removedRepositories(late, ALL)).includes(id),
    toExamine: new Set(
      (await record.retention.headsToExamine(late, ALL)).flatMap(({ repositoryId, head }) =>
        repositoryId === id ? [head] : [],
      ),
    ),
    newest: await record.leaks.newestPlaces(
      FINGERPRINTS.map((fingerprint) => ({ repositoryId: id, fingerprint })),
      2,
    ),
    neutral: await record.issues.neutral(id),
    told: await record.issues.told(id, 7),
    left: await record.issues.left(id),
    pointedHeads: await record.checks.pointedHeads(id),
    pointedNewRefs: await record.checks.pointedHeads(id, { newRefs: true }),
    standings: await record.historyKeys.standings(id),
    history: await record.histories.find(id),
    past: await record.histories.findings(id),
    tips: [await record.histories.tips(id, "1"), await record.histories.tips(id, "2")],
    ...(await historyKeysOf(record, id)),
    holders: [await record.histories.holders(id, "1"), await record.histories.holders(id, "2")],
    dueHistories: (await record.histories.due(late, ALL, null)).filter(
      ({ repositoryId }) => repositoryId === id,
    ),
    unreported: (await record.leaks.unreported(ALL)).includes(id),
    withOpen: (await record.leaks.withOpen(ALL)).includes(id),
  };
}

/** What is done with the keys of a history. */
async function historyKeysOf({ historyKeys, historyChecks, repositories }: RecordStore, id: number) {
  const installation = (await repositories.find(id))?.installationId ?? 0;
  const own = (one: { readonly repositoryId: number }): boolean => one.repositoryId === id;
  const rows = [PAST_KEY, ...FINGERPRINTS].map((fingerprint) => ({ repositoryId: id, fingerprint }));
  return {
    historyWaiting: await historyKeys.waiting(id),
    historyFirst: await historyKeys.firstPlaces(rows),
    historyTrusts: await historyKeys.trusts(id, PAST_KEY),
    historyUnfiled: (await historyKeys.unfiled(installation, ALL)).filter(own),
    historyUnread: (await historyKeys.unread(installation, ALL)).filter(own),
    historyOnRecord: (await historyKeys.histories(installation, ALL)).includes(id),
    historyCheck: await historyChecks.find(id),
  };
}

/** What people are told, reminded of and asked for. */
async function noticeOf({ outbox, reminders, owners }: RecordStore, id: number, late: Date) {
  const issue = { repositoryId: id, issueNumber: 7 };
  const own = (one: { readonly repositoryId: number }): boolean => one.repositoryId === id;
  return {
    waiting: (await outbox.waiting(9999)).filter(own),
    due: (await reminders.due(late, 9999)).filter(own),
    reminded: await reminders.find(issue),
    openSince: await reminders.openSince(issue),
    neutralSince: await reminders.neutralSince(id),
    summary: await owners.summary(id),
    drills: await owners.drills(id),
    drill: await owners.drillOf(issue),
    open: (await owners.openLeaks(5, 9999)).filter(own),
    rolled: (await owners.rolledLeaks(5, new Date(0), 9999)).filter(own),
    unreadHeads: (await owners.unreadHeads(5, 9999)).filter(own),
  };
}
