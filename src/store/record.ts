import type {
  ButtonAnswer,
  CommitScan,
  Ending,
  Finding,
  KeyActivity,
  LeakEvent,
  Repository,
  RepositoryState,
  InstallationId,
  InstalledRepository,
  ScopeRecord,
  ScopeResult,
  Subject,
  Trust,
} from "../domain/index.ts";
import type { CheckRecord, RunRecord } from "./check-record.ts";
import type { Histories } from "./history-record.ts";
import type { HistoryChecks, HistoryKeys } from "./history-report-record.ts";
import type { Leak, NewLeak } from "./leak-record.ts";
import type { Outbox, Owners, Reminders } from "./notice-record.ts";

/**
 * The record as a port, in the words of the domain: everything that outlives the process. It owns the statements, each
 * of which is atomic; the rules are in `domain` and `jobs`. It never holds the text of a credential. It is implemented
 * over PostgreSQL here and in memory for tests; a property test shows that both behave the same.
 */
export interface RecordTables {
  readonly deliveries: Deliveries;
  readonly repositories: Repositories;
  readonly scopes: Scopes;
  readonly tips: Tips;
  readonly notedRefs: NotedRefs;
  readonly checks: Checks;
  readonly leaks: Leaks;
  readonly issues: Issues;
  readonly acceptedGaps: AcceptedGaps;
  readonly ignoredKeys: IgnoredKeys;
  readonly buttons: Buttons;
  readonly activities: Activities;
  readonly commitScans: CommitScans;
  readonly outbox: Outbox;
  readonly reminders: Reminders;
  readonly owners: Owners;
  readonly histories: Histories;
  readonly historyKeys: HistoryKeys;
  readonly historyChecks: HistoryChecks;
  readonly retention: Retention;
}

/** A job as the queue stores it. */
export interface NewJob {
  readonly id: string;
  readonly lane: "hold" | "trusted" | "stranger" | "report" | "backlog" | "history" | "sweep";
  readonly installationId: number | null;
  readonly exclusiveKey: string | null;
  readonly payload: unknown;
  readonly runAfter?: Date;
  /** Begins again even if it was done, because its work was found undone. Default false. */
  readonly again?: boolean;
}

/** The record within a transaction, where jobs are stored together with their subjects. */
export interface RecordTransaction extends RecordTables {
  /**
   * Locks repositories until the transaction ends, so transactions about one repository run one after the other. Call it
   * first: otherwise two transactions could wait for each other.
   */
  lock(repositoryIds: readonly number[]): Promise<void>;
  /** Stores jobs. A job whose id is known starts again if it failed, or if it is done and `again` is set. */
  enqueue(jobs: readonly NewJob[]): Promise<void>;
}

export interface RecordStore extends RecordTables {
  /** Runs `work` in one transaction; rolled back when it throws. */
  transaction<Result>(work: (record: RecordTransaction) => Promise<Result>): Promise<Result>;
}

export interface Deliveries {
  /** @returns false if the delivery was accepted before */
  add(id: string, at: Date): Promise<boolean>;
  /** Those of them that were accepted. */
  accepted(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Counts how often GitHub was asked to redeliver, including this time. */
  countRedelivery(id: string, at: Date): Promise<number>;
  /** Up to when GitHub's list was compared with these; null: never. */
  comparedUpTo(): Promise<Date | null>;
  setComparedUpTo(at: Date): Promise<void>;
}

/** A repository with what the app knows about it. */
export interface RepositoryRecord extends InstalledRepository {
  readonly installationId: InstallationId;
  readonly defaultBranch: string | null;
  readonly state: RepositoryState;
  readonly unsure: boolean;
  /** A delivery named another installation: only GitHub knows which one is right. */
  readonly installationDoubt: boolean;
  /** Pushes since then are the app's to read, whenever their deliveries come. */
  readonly coveredSince: Date | null;
  readonly baselineAt: Date | null;
  readonly historyReadAt: Date | null;
  readonly issuesReadAt: Date | null;
  /** Then the app had issues here of keys that are not on record. */
  readonly hasUnknownIssues: boolean;
  readonly refsComparedAt: Date | null;
  /** When the refs that are no branches were first noted. */
  readonly refsNotedAt: Date | null;
}

export interface Repositories {
  find(id: number): Promise<RepositoryRecord | null>;
  /**
   * Records what a delivery says about the repository. Deliveries arrive in any order: if name or visibility differ from
   * the record, the repository becomes unsure; if the installation differs, it stays and is doubted.
   */
  note(repository: Repository): Promise<void>;
  /**
   * Records GitHub's own answer: the repository is no longer unsure.
   *
   * @returns false if it may be under another installation now; then nothing is recorded
   */
  confirm(repository: Repository, state: RepositoryState): Promise<boolean>;
  /**
   * Records many repositories of a new installation, in one statement. One that is on record under another installation
   * stays there and is doubted.
   *
   * @param since pushes since then are the app's to read
   */
  noteInstalled(repositories: readonly InstalledRepository[], since: Date): Promise<void>;
  /**
   * Records GitHub's answer to a doubt: the installation, or null for none.
   *
   * @param from the installation that was doubted; if it changed meanwhile, nothing is recorded
   */
  settleInstallation(id: number, from: number, is: number | null): Promise<void>;
  /** @param ids null: all repositories of the installation */
  remove(installationId: number, ids: readonly number[] | null): Promise<void>;
  setState(id: number, state: RepositoryState, unsure: boolean): Promise<void>;
  setBaselineAt(id: number, at: Date): Promise<void>;
  /** The whole history was read: the baseline counts as read. */
  setHistoryReadAt(id: number, at: Date): Promise<void>;
  /** @param at null: the issues have to be matched again */
  setIssuesReadAt(id: number, at: Date | null): Promise<void>;
  setUnknownIssues(id: number, has: boolean): Promise<void>;
  /** Active repositories that hold issues of leaks, or a neutral one, which were not matched with the record since `before`. */
  toMatch(before: Date, limit: number): Promise<number[]>;
  setRefsComparedAt(id: number, at: Date): Promise<void>;
  setRefsNotedAt(id: number, at: Date): Promise<void>;
  /** Those of the repositories that are private, as far as is known. */
  hidden(ids: readonly number[]): Promise<number[]>;
  /** Active repositories without a baseline. */
  withoutBaseline(limit: number): Promise<number[]>;
  /** Active repositories whose refs were not compared since `before`. */
  toCompare(before: Date, limit: number): Promise<number[]>;
}

export interface Scopes {
  subject(repositoryId: number, key: string): Promise<Subject | null>;
  putSubject(subject: Subject): Promise<void>;
  find(repositoryId: number, id: string): Promise<ScopeRecord | null>;
  /** Inserts the scope, or replaces everything except its reading. */
  note(scope: ScopeRecord): Promise<void>;
  /**
   * Ends scopes of a key that count, the oldest first.
   *
   * @param which as of this time or earlier; `before`: strictly earlier
   * @param limit how many; null: all
   * @returns the heads they counted for, and how many ended
   */
  end(
    repositoryId: number,
    key: string,
    ending: Ending,
    which: { readonly upTo: Date } | { readonly before: Date },
    limit: number | null,
  ): Promise<{ readonly heads: string[]; readonly count: number }>;
  /**
   * Records the reading. Nothing happens unless the scope still waits in this generation.
   *
   * @returns whether it was recorded
   */
  finish(
    repositoryId: number,
    id: string,
    generation: number,
    result: ScopeResult,
    at: Date,
  ): Promise<boolean>;
  /** Records that reading was given up, under the same condition. */
  fail(repositoryId: number, id: string, generation: number, problem: string): Promise<boolean>;
  /** All scopes at a head, ended ones too, by id. */
  atHead(repositoryId: number, head: string): Promise<ScopeRecord[]>;
  /** The first push of a ref that is on record. */
  firstOfKey(repositoryId: number, key: string): Promise<ScopeRecord | null>;
  /** Scopes of active repositories, or of one, that wait since before `before`, the oldest first. */
  unread(before: Date, limit: number, repositoryId?: number): Promise<ScopeRecord[]>;
  /** Pushes by writers, read whole, that began at this commit. */
  wholePushesFrom(repositoryId: number, before: string): Promise<string[]>;
  /** Logins of those who brought the credential first: who pushed the earliest scope that found it, and its author. */
  broughtBy(repositoryId: number, fingerprint: string): Promise<string[]>;
  /** Heads of scopes that found the credential. */
  headsShowing(repositoryId: number, fingerprint: string): Promise<string[]>;
  /** Who brought the scopes that found the credential, each once, in any order. */
  trustsShowing(repositoryId: number, fingerprint: string, since: Date | null): Promise<Trust[]>;
  /**
   * Heads of scopes that found the credential and that a ref, pull request or merge group points at, in the order in which
   * people wait for them: open pull requests and merge groups, the default branch, red tags, the others.
   */
  pointedHeadsShowing(repositoryId: number, fingerprint: string): Promise<PointedHead[]>;
  /** The latest heads of refs, as deliveries described them, by full name of the ref. */
  refs(repositoryId: number): Promise<Map<string, string | null>>;
}

/** A commit that something points at, and how many people wait for its check. */
export interface PointedHead {
  readonly head: string;
  readonly urgency: (typeof URGENCIES)[number];
}

/** Who waits for a check, from the most urgent. */
export const URGENCIES = ["pull_request", "default_branch", "red_tag", "other"] as const;

/** A commit whose history needs no second look. */
export interface Tip {
  readonly sha: string;
  readonly kind: "read" | "baseline";
  readonly ref: string;
  readonly knownAt: Date;
  /** Since when another tip contains it too; null: none does. */
  readonly coveredAt: Date | null;
}

export interface Tips {
  find(repositoryId: number, sha: string): Promise<Tip | null>;
  /** Those of the commits that are known, by id. */
  findAll(repositoryId: number, shas: readonly string[]): Promise<Map<string, Tip>>;
  put(repositoryId: number, tips: readonly Tip[]): Promise<void>;
  /** The same for those that are not on record. */
  add(repositoryId: number, tips: readonly Tip[]): Promise<void>;
  /** Tips to name to git: those known before `at` that no other tip held then. Read ones of `firstRef` come first. */
  named(
    repositoryId: number,
    which: { readonly at: Date; readonly firstRef: string; readonly limit: number },
  ): Promise<Tip[]>;
  hasBaseline(repositoryId: number): Promise<boolean>;
  /** Forgets the baseline of refs that are gone, unless one of these commits is its tip. */
  dropBaseline(
    repositoryId: number,
    kept: { readonly refs: readonly string[]; readonly shas: readonly string[] },
  ): Promise<void>;
}

/** Tags and other refs that are no branches, at the object that the last comparison of refs saw. */
export interface NotedRefs {
  /** Objects by name of the ref. */
  all(repositoryId: number): Promise<Map<string, string>>;
  put(
    repositoryId: number,
    refs: readonly { readonly ref: string; readonly object: string }[],
  ): Promise<void>;
  remove(repositoryId: number, refs: readonly string[]): Promise<void>;
}

export interface Checks {
  find(repositoryId: number, head: string): Promise<CheckRecord | null>;
  /** Counts one more change of the record for each head: their runs are stale from now on. */
  touch(repositoryId: number, heads: readonly string[], at: Date): Promise<void>;
  /** Until when checks of the installation that differ from the record are planned to be published; null: none is later. */
  plannedUntil(installationId: number, after: Date): Promise<Date | null>;
  /**
   * Heads with a run that a ref, pull request or merge group points at.
   *
   * @param options `newRefs`: only those that a new ref had
   */
  pointedHeads(repositoryId: number, options?: { readonly newRefs?: boolean }): Promise<string[]>;
  /** The same as `touch` for every head of the repository that has a run. */
  touchAll(repositoryId: number, at: Date): Promise<void>;
  /** Records that a person asked for a new run. */
  wantNewRun(repositoryId: number, head: string): Promise<void>;
  /**
   * Makes `writer` the only one who may write a run that differs from the record.
   *
   * @returns the check; null if there is nothing to write, or another writer has it
   */
  take(
    repositoryId: number,
    head: string,
    writer: string,
    now: Date,
    until: Date,
  ): Promise<CheckRecord | null>;
  /** Makes `writer` the only one who may write the run until then, or for longer; false while another writer is. */
  claim(repositoryId: number, head: string, writer: string, now: Date, until: Date): Promise<boolean>;
  /**
   * Records the state of the run, and that a requested new run exists.
   *
   * @param wanted refused if the record has changed since; null: recorded in any case
   * @returns false if refused: the record changed, or the claim was lost
   */
  saveRun(
    repositoryId: number,
    head: string,
    writer: string,
    run: RunRecord,
    wanted: number | null,
  ): Promise<boolean>;
  /**
   * Records the state of the run in any case, and settles it: `saveRun` and `settle` in one.
   *
   * @returns `lost`: another writer has the claim, and nothing was recorded; `changed`: the record has, and it is not settled
   */
  saveLast(
    repositoryId: number,
    head: string,
    writer: string,
    run: RunRecord,
    wanted: number,
  ): Promise<"settled" | "changed" | "lost">;
  /** Ends the claim if the record has not changed since `wanted`, which is then shown. */
  settle(repositoryId: number, head: string, writer: string, wanted: number): Promise<boolean>;
  release(repositoryId: number, head: string, writer: string): Promise<void>;
  /** Ends every claim. Only for a process that knows it is the only one: the claims are of dead processes. */
  releaseAll(): Promise<void>;
  /** Heads of active repositories, or of one, whose run differs from the record since before `before`. */
  stale(
    before: Date,
    limit: number,
    repositoryId?: number,
  ): Promise<{ repositoryId: number; head: string; wanted: number }[]>;
}

export interface Leaks {
  find(repositoryId: number, fingerprints: readonly string[]): Promise<Map<string, Leak>>;
  all(repositoryId: number): Promise<Leak[]>;
  /** The rows of one leak, by repository: the same credential with its issue in the same place. */
  sharing(reportRepositoryId: number, fingerprint: string): Promise<Leak[]>;
  /** Every row whose issue is, or would be, in this repository. */
  reportedIn(reportRepositoryId: number): Promise<Leak[]>;
  /** Every row whose issue this is: of many credentials, where one issue lists them. */
  withIssue(reportRepositoryId: number, issueNumber: number): Promise<Leak[]>;
  /**
   * Inserts leaks that are not on record, each with its first event, and adds their locations. A row whose key another
   * repository brought before, with its issue in the same place, joins that leak: it has its state and issue.
   */
  add(repositoryId: number, leaks: readonly NewLeak[], at: Date): Promise<void>;
  locations(repositoryId: number, fingerprints: readonly string[]): Promise<Map<string, Finding[]>>;
  /**
   * Changes the state of one row and notes who did it; false if the state is not `from` (any more). Jobs change states
   * with `changeLeakState` only.
   *
   * @param settles GitHub's id of the closing or reopening that this acts on
   */
  changeState(
    repositoryId: number,
    fingerprint: string,
    event: LeakEvent,
    settles?: string | null,
  ): Promise<boolean>;
  events(repositoryId: number, fingerprint: string): Promise<LeakEvent[]>;
  issueAsked(repositoryId: number, fingerprints: readonly string[], at: Date): Promise<void>;
  issueOpened(repositoryId: number, fingerprints: readonly string[], issue: OpenedIssue): Promise<void>;
  issueGone(repositoryId: number, fingerprints: readonly string[]): Promise<void>;
  reportFailed(repositoryId: number, fingerprints: readonly string[], problem: string | null): Promise<void>;
  /**
   * The newest places of credentials over several repositories, by fingerprint.
   *
   * @param limit of each credential
   */
  newestPlaces(
    rows: readonly Pick<Leak, "repositoryId" | "fingerprint">[],
    limit: number,
  ): Promise<Map<string, LeakPlaces>>;
  /** Keeps why issues are not where they should be, whether or not the leaks have one. */
  noteProblem(repositoryId: number, fingerprints: readonly string[], problem: string | null): Promise<void>;
  /** Notes since when the neutral issue of their repository covers these leaks. */
  setNeutralAt(repositoryId: number, fingerprints: readonly string[], at: Date | null): Promise<void>;
  /** Active repositories with an open leak that has no issue. */
  unreported(limit: number): Promise<number[]>;
  /** Active repositories with an open leak, or with an issue that its leaks have left and that is not closed yet. */
  withOpen(limit: number, installationId?: number): Promise<number[]>;
}

/** The places of one leak. */
export interface LeakPlaces {
  /** How many are on record, of which `places` are the newest. */
  readonly total: number;
  readonly firstAt: Date | null;
  readonly places: readonly {
    readonly repositoryId: number;
    readonly finding: Finding;
    readonly foundAt: Date;
  }[];
}

/** The neutral issue of a public repository. */
export interface NeutralIssue {
  /** Null until GitHub's answer is on record. */
  readonly number: number | null;
  readonly url: string | null;
  readonly askedAt: Date | null;
}

/** What an issue tells of the places of its leaks. */
export interface ToldPlaces {
  /** How many its body or its comments tell. */
  readonly places: number;
  /** The last comment about new ones. */
  readonly commentId: number | null;
  readonly commentedAt: Date | null;
  /** How many were told before that comment. */
  readonly commentFrom: number | null;
}

/** An issue that leaks have left for another place. */
export interface FormerIssue {
  /** The repository that holds it. */
  readonly repositoryId: number;
  readonly number: number;
  /** The credentials that it was about. */
  readonly fingerprints: readonly string[];
  /** When it was closed; null: not yet. */
  readonly retiredAt: Date | null;
}

/** What the record knows of issues beyond their leaks. */
export interface Issues {
  neutral(repositoryId: number): Promise<NeutralIssue | null>;
  putNeutral(repositoryId: number, issue: NeutralIssue): Promise<void>;
  told(repositoryId: number, number: number): Promise<ToldPlaces | null>;
  tell(repositoryId: number, number: number, told: ToldPlaces): Promise<void>;
  /** Notes that the leaks of `sourceId` have left an issue, which then has to be closed. */
  leave(sourceId: number, issue: Omit<FormerIssue, "retiredAt">): Promise<void>;
  /** Issues that leaks of this repository have left. */
  left(sourceId: number): Promise<FormerIssue[]>;
  retired(repositoryId: number, number: number, at: Date): Promise<void>;
  /** Leaks have come back to the issue. */
  returned(repositoryId: number, number: number): Promise<void>;
}

export interface OpenedIssue {
  readonly repositoryId: number;
  readonly number: number;
  readonly url: string;
  /** Digest of title and body as written; null: not known. */
  readonly digest: string | null;
}

export interface AcceptedGap {
  readonly subject: string;
  readonly login: string;
  readonly at: Date;
}

export interface AcceptedGaps {
  put(repositoryId: number, gaps: readonly AcceptedGap[]): Promise<void>;
  find(repositoryId: number, subjects: readonly string[]): Promise<Map<string, AcceptedGap>>;
}

/** A test key that a person told the check to ignore. */
export interface IgnoredKey {
  readonly fingerprint: string;
  readonly login: string;
  readonly at: Date;
}

export interface IgnoredKeys {
  /** The first person stays on record. */
  put(repositoryId: number, keys: readonly IgnoredKey[]): Promise<void>;
  find(repositoryId: number, fingerprints: readonly string[]): Promise<Map<string, IgnoredKey>>;
}

/** The last click on each button of a check. */
export interface Buttons {
  put(repositoryId: number, head: string, answer: ButtonAnswer): Promise<void>;
  /** By button. */
  at(repositoryId: number, head: string): Promise<ButtonAnswer[]>;
}

/** What Stripe said about the keys of leaks, one row for each of theirs. It never holds a key. */
export interface Activities {
  find(repositoryId: number, fingerprints: readonly string[]): Promise<Map<string, KeyActivity>>;
  put(repositoryId: number, fingerprint: string, activity: KeyActivity): Promise<void>;
  /**
   * Leaks of active repositories, or of one, that are due: open ones that were never looked at, and those whose time has
   * come; of rolled ones only those that Stripe is asked about. Of the kinds that can be asked about, by repository and fingerprint.
   */
  due(
    now: Date,
    limit: number,
    repositoryId?: number,
  ): Promise<{ readonly repositoryId: number; readonly fingerprint: string }[]>;
}

/** Kinds that `GET /v1/balance` can be asked about. */
export const ASKED_KINDS = ["secret_key", "restricted_key"] as const;

export interface CommitScans {
  /** The scans of those of `commits` that this version of the detector made, by commit. */
  find(
    repositoryId: number,
    detectorVersion: string,
    commits: readonly string[],
  ): Promise<Map<string, CommitScan>>;
  /** Keeps the scans in one statement. A scan without gaps is never replaced. */
  save(repositoryId: number, detectorVersion: string, scans: readonly CommitScan[], at: Date): Promise<void>;
}

/** Deletes what has been kept long enough; each call at most `limit` rows, and says how many went. */
export interface Retention {
  removeDeliveries(before: Date, limit: number): Promise<number>;
  removeRedeliveries(before: Date, limit: number): Promise<number>;
  removeCommitScans(before: Date, limit: number): Promise<number>;
  /** Refs, pull requests and merge groups that ended. */
  removeSubjects(before: Date, limit: number): Promise<number>;
  /** Green checks that neither changed nor were examined since `before`. */
  headsToExamine(before: Date, limit: number): Promise<{ repositoryId: number; head: string }[]>;
  /**
   * Deletes the scopes and checks of those heads that are clean, fully read and unchanged since `before`, and that no
   * ref, pull request or merge group points at. The others are examined now. The caller holds the repository.
   *
   * @returns how many heads went
   */
  examineHeads(repositoryId: number, heads: readonly string[], before: Date, at: Date): Promise<number>;
  /** Notes of which repositories it is new that the app no longer covers them. */
  noteRemoved(at: Date): Promise<void>;
  /** Repositories that the app has not covered since before `before`. */
  removedRepositories(before: Date, limit: number): Promise<number[]>;
  /**
   * Deletes rows of such a repository, in the end the repository. The caller holds it.
   *
   * @returns 0 when nothing is left, or the app covers it again
   */
  removeOfRepository(id: number, before: Date, limit: number): Promise<number>;
}
