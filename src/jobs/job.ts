/**
 * The jobs of the app as the queue stores them: payloads, names, and exclusive keys. A job holds ids only; the record has
 * the rest, so a job that waited for hours acts on what is true then.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ScopeRecord } from "../domain/index.ts";
import type { NewJob } from "../store/index.ts";

const ofRepository = { repositoryId: z.int(), installationId: z.int() };

const publishJobSchema = z.object({ kind: z.literal("publish"), ...ofRepository, head: z.string() });
export type PublishJob = Readonly<z.infer<typeof publishJobSchema>>;

const scanJobSchema = z.object({
  kind: z.literal("scan"),
  ...ofRepository,
  scopeId: z.string(),
  generation: z.int(),
});
export type ScanJob = Readonly<z.infer<typeof scanJobSchema>>;

const reportJobSchema = z.object({
  kind: z.literal("report"),
  ...ofRepository,
  /** The scope whose leaks are reported; null: every leak of the repository that has no issue yet. */
  scopeId: z.string().nullable(),
});
export type ReportJob = Readonly<z.infer<typeof reportJobSchema>>;

const welcomeJobSchema = z.object({ kind: z.literal("welcome"), ...ofRepository });
export type WelcomeJob = Readonly<z.infer<typeof welcomeJobSchema>>;

const acceptUnreadJobSchema = z.object({
  kind: z.literal("accept_unread"),
  ...ofRepository,
  head: z.string(),
  login: z.string(),
});
export type AcceptUnreadJob = Readonly<z.infer<typeof acceptUnreadJobSchema>>;

const verifyJobSchema = z.object({
  kind: z.literal("verify"),
  ...ofRepository,
  /** Null: every leak of the repository that is due. */
  fingerprints: z.array(z.string()).nullable(),
  /** A person asked for it: an answer of a few minutes ago is too old. */
  again: z.boolean(),
});
export type VerifyJob = Readonly<z.infer<typeof verifyJobSchema>>;

const updateIssuesJobSchema = z.object({
  kind: z.literal("update_issues"),
  ...ofRepository,
  fingerprints: z.array(z.string()),
});
export type UpdateIssuesJob = Readonly<z.infer<typeof updateIssuesJobSchema>>;

const ofButton = { ...ofRepository, head: z.string(), login: z.string() };

const recheckJobSchema = z.object({ kind: z.literal("recheck"), ...ofButton });
export type RecheckJob = Readonly<z.infer<typeof recheckJobSchema>>;

const ignoreTestKeysJobSchema = z.object({ kind: z.literal("ignore_test_keys"), ...ofButton });
export type IgnoreTestKeysJob = Readonly<z.infer<typeof ignoreTestKeysJobSchema>>;

const compareRefsJobSchema = z.object({
  kind: z.literal("compare_refs"),
  ...ofRepository,
  /** Counts the comparisons of one day that go on where the one before stopped. */
  part: z.int().optional(),
});
export type CompareRefsJob = Readonly<z.infer<typeof compareRefsJobSchema>>;

const endScopesJobSchema = z.object({
  kind: z.literal("end_scopes"),
  ...ofRepository,
  key: z.string(),
  /** Scopes as of this time or earlier end: ISO 8601. */
  asOf: z.string(),
  /** Names the delivery, and the step. */
  name: z.string(),
  part: z.int(),
});
export type EndScopesJob = Readonly<z.infer<typeof endScopesJobSchema>>;

const askPullJobSchema = z.object({ kind: z.literal("ask_pull"), ...ofRepository, number: z.int() });
export type AskPullJob = Readonly<z.infer<typeof askPullJobSchema>>;

const confirmRunJobSchema = z.object({
  kind: z.literal("confirm_run"),
  ...ofRepository,
  head: z.string(),
  /** Of the run that was asked for and not found. */
  externalId: z.string(),
});
export type ConfirmRunJob = Readonly<z.infer<typeof confirmRunJobSchema>>;

const refreshJobSchema = z.object({
  kind: z.literal("refresh"),
  ...ofRepository,
  /** Everybody can see the repository since. */
  publicized: z.boolean().default(false),
});
export type RefreshJob = Readonly<z.infer<typeof refreshJobSchema>>;

const notifyJobSchema = z.object({
  kind: z.literal("notify"),
  /** The repository that holds the leak's issue. */
  repositoryId: z.int(),
  fingerprint: z.string(),
});
export type NotifyJob = Readonly<z.infer<typeof notifyJobSchema>>;

const remindJobSchema = z.object({ kind: z.literal("remind"), ...ofRepository, issueNumber: z.int() });
export type RemindJob = Readonly<z.infer<typeof remindJobSchema>>;

/** About the owner of the repository, which is any of theirs. */
const tendOwnerJobSchema = z.object({ kind: z.literal("tend_owner"), ...ofRepository });
export type TendOwnerJob = Readonly<z.infer<typeof tendOwnerJobSchema>>;
const reviewIssueJobSchema = z.object({ kind: z.literal("review_issue"), ...ofRepository, number: z.int() });
export type ReviewIssueJob = Readonly<z.infer<typeof reviewIssueJobSchema>>;

const reviewBoxesJobSchema = z.object({
  kind: z.literal("review_boxes"),
  ...ofRepository,
  number: z.int(),
  /** Who changed the boxes; null: a bot. */
  login: z.string().nullable(),
  ticked: z.array(z.string()),
  unticked: z.array(z.string()),
  /** The ticks were found in the issue: the delivery that says who made them never came. */
  unheard: z.boolean().optional(),
});
export type ReviewBoxesJob = Readonly<z.infer<typeof reviewBoxesJobSchema>>;

const matchIssuesJobSchema = z.object({ kind: z.literal("match_issues"), ...ofRepository });
export type MatchIssuesJob = Readonly<z.infer<typeof matchIssuesJobSchema>>;

/** Reads the whole history of a repository. */
const readHistoryJobSchema = z.object({ kind: z.literal("read_history"), ...ofRepository });
export type ReadHistoryJob = Readonly<z.infer<typeof readHistoryJobSchema>>;

/** Makes leaks of what its history holds. */
const reportHistoryJobSchema = z.object({ kind: z.literal("report_history"), ...ofRepository });
export type ReportHistoryJob = Readonly<z.infer<typeof reportHistoryJobSchema>>;

/** Opens the next issue of a key in the histories of an owner, whose repository is any of theirs. */
const fileHistoryJobSchema = z.object({ kind: z.literal("file_history"), ...ofRepository });
export type FileHistoryJob = Readonly<z.infer<typeof fileHistoryJobSchema>>;

/** A job: ids only, because the record has the rest. Unknown fields are ignored. */
const jobSchema = z.discriminatedUnion("kind", [
  publishJobSchema,
  scanJobSchema,
  reportJobSchema,
  welcomeJobSchema,
  acceptUnreadJobSchema,
  recheckJobSchema,
  ignoreTestKeysJobSchema,
  verifyJobSchema,
  updateIssuesJobSchema,
  compareRefsJobSchema,
  refreshJobSchema,
  notifyJobSchema,
  remindJobSchema,
  tendOwnerJobSchema,
  reviewIssueJobSchema,
  reviewBoxesJobSchema,
  matchIssuesJobSchema,
  endScopesJobSchema,
  askPullJobSchema,
  confirmRunJobSchema,
  readHistoryJobSchema,
  reportHistoryJobSchema,
  fileHistoryJobSchema,
  z.object({ kind: z.literal("sweep") }),
  z.object({ kind: z.literal("fetch_deliveries") }),
]);
export type Job = Readonly<z.infer<typeof jobSchema>>;

/** Version of the payloads that this program writes. */
const PAYLOAD_VERSION = 1;

const payloadSchema = z.object({ v: z.literal(PAYLOAD_VERSION), job: jobSchema });

/** The job of a stored payload; null if it is of an unknown version. */
export function jobOfPayload(payload: unknown): Job | null {
  const parsed = payloadSchema.safeParse(payload);
  return parsed.success ? parsed.data.job : null;
}

/**
 * A job for the queue. Scans run one at a time per repository, because of its mirror, and reports one at a time per
 * installation, because opening an issue is not idempotent.
 *
 * @param name the subject of the job: a job with the same name is stored once
 */
export function newJob(job: Job, name: string, lane: NewJob["lane"], runAfter?: Date): NewJob {
  return {
    id: uuidOf(`${job.kind} ${name}`),
    lane,
    installationId: "installationId" in job ? job.installationId : null,
    exclusiveKey: exclusiveKeyOf(job),
    payload: { v: PAYLOAD_VERSION, job },
    ...(runAfter === undefined ? {} : { runAfter }),
  };
}

function exclusiveKeyOf(job: Job): string | null {
  switch (job.kind) {
    case "scan":
    case "welcome":
    case "compare_refs":
      return `repository:${job.repositoryId}`;
    case "review_issue":
    case "review_boxes":
      return `issue:${job.repositoryId}:${job.number}`;
    case "read_history":
      return `history:${job.repositoryId}`;
    case "report":
    case "report_history":
    case "file_history":
    case "refresh":
    case "update_issues":
    case "match_issues":
    case "remind":
      // Repositories of one owner may share the place of their issues.
      return `issues:${job.installationId}`;
    case "tend_owner":
      return `owner:${job.installationId}`;
    // One message at a time: a webhook that hangs holds up one worker.
    case "notify":
    case "sweep":
    case "fetch_deliveries":
      return job.kind;
    case "verify":
      // Repositories of one owner may share a leak: two jobs would tell its issue the same.
      return `verify:${job.installationId}`;
    case "publish":
    case "recheck":
    case "ignore_test_keys":
    case "accept_unread":
    case "end_scopes":
    case "ask_pull":
    case "confirm_run":
      return null;
  }
}

/** A digest of the name in the form of a UUID, version 5 in shape. */
function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

export function publishJob(of: JobTarget, head: string, name: string, lane: NewJob["lane"]): NewJob {
  return newJob({ kind: "publish", ...targetOf(of), head }, `${of.repositoryId} ${head} ${name}`, lane);
}

export function scanJob(
  of: JobTarget,
  scope: Scanned & Pick<ScopeRecord, "state">,
  lane: "trusted" | "stranger" | "backlog",
): NewJob {
  const { id: scopeId, generation } = scope;
  const name = `${of.repositoryId} ${scopeId} ${generation}`;
  const job = newJob({ kind: "scan", ...targetOf(of), scopeId, generation }, name, lane);
  // A job that ended while the repository was out of reach has not read the scope.
  return scope.state === "noted" ? { ...job, again: true } : job;
}

export function endScopesJob(job: EndScopesJob): NewJob {
  return newJob(job, `${job.repositoryId} ${job.key} ${job.name} ${job.part}`, "backlog");
}

export function confirmRunJob(of: JobTarget, head: string, externalId: string, runAfter: Date): NewJob {
  const job = { kind: "confirm_run", ...targetOf(of), head, externalId } as const;
  return newJob(job, `${of.repositoryId} ${externalId}`, "backlog", runAfter);
}

/** @param round names the reading */
export function readHistoryJob(of: JobTarget, round: number): NewJob {
  const job = newJob({ kind: "read_history", ...targetOf(of) }, `${of.repositoryId} ${round}`, "history");
  // One that ended while the repository was out of reach has read nothing.
  return { ...job, again: true };
}

/** @param name names the occasion */
export function reportHistoryJob(of: JobTarget, name: string): NewJob {
  return newJob({ kind: "report_history", ...targetOf(of) }, `${of.repositoryId} ${name}`, "backlog");
}

/** @param name names the occasion */
export function fileHistoryJob(of: JobTarget, name: string): NewJob {
  return newJob({ kind: "file_history", ...targetOf(of) }, `${of.installationId} ${name}`, "backlog");
}

/** @param name names the occasion */
export function askPullJob(of: JobTarget, number: number, name: string): NewJob {
  const job = newJob(
    { kind: "ask_pull", ...targetOf(of), number },
    `${of.repositoryId} ${number} ${name}`,
    "trusted",
  );
  return job;
}

/**
 * @param name names the occasion
 * @param publicized everybody can see the repository since
 */
export function refreshJob(of: JobTarget, name: string, publicized = false): NewJob {
  return newJob({ kind: "refresh", ...targetOf(of), publicized }, `${of.repositoryId} ${name}`, "report");
}

/**
 * Brings the leaks of a repository to their place of report.
 *
 * @param occasion names why
 */
export function placeJob(of: JobTarget, occasion: string, runAfter?: Date): NewJob {
  const job = { kind: "report", ...targetOf(of), scopeId: null } as const;
  return newJob(job, `${of.repositoryId} ${occasion}`, "report", runAfter);
}

/** @param name names the occasion */
export function reviewIssueJob(of: JobTarget, number: number, name: string): NewJob {
  return newJob(
    { kind: "review_issue", ...targetOf(of), number },
    `${of.repositoryId} ${number} ${name}`,
    "trusted",
  );
}

/**
 * Looks at ticks whose delivery never came.
 *
 * @param name names the occasion
 */
export function unheardTicksJob(
  of: JobTarget,
  number: number,
  ticked: readonly string[],
  name: string,
): NewJob {
  const boxes = { login: null, ticked: [...ticked], unticked: [], unheard: true };
  const job = { kind: "review_boxes", ...targetOf(of), number, ...boxes } as const;
  return newJob(job, `${of.repositoryId} ${number} ${name}`, "trusted");
}

/** @param name names the occasion */
export function matchJob(of: JobTarget, name: string): NewJob {
  return newJob({ kind: "match_issues", ...targetOf(of) }, `${of.repositoryId} ${name}`, "report");
}

export function reportJob(of: JobTarget, scope: Scanned): NewJob {
  const { id: scopeId, generation } = scope;
  const name = `${of.repositoryId} ${scopeId} ${generation}`;
  return newJob({ kind: "report", ...targetOf(of), scopeId }, name, "report");
}

/**
 * Asks whether keys still work.
 *
 * @param name names the occasion
 */
export function verifyJob(
  of: JobTarget,
  which: { readonly fingerprints: readonly string[] | null; readonly again: boolean },
  name: string,
): NewJob {
  const { fingerprints, again } = which;
  const job = {
    kind: "verify",
    ...targetOf(of),
    fingerprints: fingerprints && [...fingerprints],
    again,
  } as const;
  return newJob(job, `${of.repositoryId} ${name}`, "report");
}

/** The target alone, because a job is one too. */
function targetOf({ repositoryId, installationId }: JobTarget): JobTarget {
  return { repositoryId, installationId };
}

/** Which repository a job is about, and whose turn it takes. */
export interface JobTarget {
  readonly repositoryId: number;
  readonly installationId: number;
}

interface Scanned {
  readonly id: string;
  readonly generation: number;
}
