import type {
  ActivityAnswer,
  Finding,
  KeyActivity,
  Repository,
  Scope,
  Secret,
  Trust,
} from "../../src/domain/index.ts";
import { verifyLeaks } from "../../src/jobs/verify-leaks.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import type { FakeContext } from "./job-context.ts";
import { aContext, aRepository } from "./job-context.ts";
import { atHead, madeFinding, madeSecret } from "./reported.ts";
import { noted, PUSH, read } from "./scopes.ts";

export const ANSWERS = {
  accepted: { activity: "active", grounds: "accepted" },
  ip_restricted: { activity: "active", grounds: "ip_restricted" },
  permission_missing: { activity: "active", grounds: "permission_missing" },
  expired: { activity: "dead", grounds: "expired" },
  invalid: { activity: "not_known", grounds: "invalid" },
  unreachable: { activity: "unknown", grounds: "unreachable" },
  rate_limited: { activity: "unknown", grounds: "rate_limited" },
  stripe_failed: { activity: "unknown", grounds: "stripe_failed" },
  not_stripe: { activity: "unknown", grounds: "not_stripe" },
  unexpected: { activity: "unknown", grounds: "unexpected" },
} as const satisfies Readonly<Record<string, ActivityAnswer>>;

/** One leak on record, with its issue, and a Stripe that answers as it is told. */
export interface AskedLeak {
  readonly context: FakeContext;
  readonly repository: Repository;
  readonly finding: Finding;
  readonly secret: { readonly text: string; readonly secret: Secret };
  /** Every key that Stripe was asked about. */
  readonly asked: Secret[];
  /** What Stripe says from now on. */
  answer: ActivityAnswer;
  /** Asks now, as a click on Re-check does. */
  ask(): Promise<void>;
  /** Makes the leak rolled, as a person who closes its issue does. */
  attest(): Promise<void>;
  state(): Promise<string>;
  activity(): Promise<KeyActivity | undefined>;
  comments(): string[];
}

export interface AskedLeakOptions {
  readonly repository?: Partial<Repository>;
  readonly finding?: Partial<Finding>;
  readonly configuration?: string | null;
  readonly scopes?: readonly { readonly scope: Scope; readonly trust: Trust }[];
  /** False: GitHub no longer has the commit. */
  readonly commitExists?: boolean;
  readonly commitIsGone?: boolean;
}

export async function anAskedLeak(options: AskedLeakOptions = {}): Promise<AskedLeak> {
  const { configuration = "verify_keys: true\n", commitExists = true } = options;
  const { scopes = [{ scope: PUSH, trust: { kind: "writer" } }] } = options;
  const secret = madeSecret();
  const asked: Secret[] = [];
  const repository = aRepository(options.repository);
  const unavailable = { reason: "unavailable", commit: null, path: null, detail: "" } as const;
  const context = aContext({
    stripe: {
      async activityOf(key) {
        asked.push(key);
        return leak.answer;
      },
    },
    findKey: async () => secret.secret,
    git: {
      prepareTips: async () => ({
        commits: [],
        gaps: options.commitIsGone === true ? [unavailable] : [],
        fetches: [],
      }),
    },
  });
  const finding = { ...madeFinding({ secret: secret.secret }), ...options.finding };
  if (configuration !== null) context.github.files.set("acme/.github/.github/rollcall.yml", configuration);
  if (commitExists) context.github.files.set(`acme/shop/${finding.path}`, "the file");
  for (const { scope, trust } of scopes) {
    await noted(context.record, repository, scope, { trust });
    await read(context.record, repository, scope, [atHead(finding)]);
  }
  await context.record.leaks.add(
    repository.id,
    [{ leak: finding, reportRepositoryId: repository.id, locations: [finding] }],
    context.clock,
  );
  const issue = context.github.addIssue({ title: "Roll", body: "" });
  const { html_url: url, number } = issue;
  await context.record.leaks.issueOpened(repository.id, [finding.fingerprint], {
    repositoryId: repository.id,
    number,
    url,
    digest: null,
  });
  const key = { reportRepositoryId: repository.id, fingerprint: finding.fingerprint };
  const leak: AskedLeak = {
    context,
    repository,
    finding,
    secret,
    asked,
    answer: ANSWERS.accepted,
    ask: () =>
      verifyLeaks(context, {
        kind: "verify",
        repositoryId: repository.id,
        installationId: repository.installationId,
        fingerprints: [finding.fingerprint],
        again: true,
      }),
    async attest() {
      await changeLeakState(context, key, { from: "open", to: "rolled", actor: "ann", how: "attested" });
      issue.state = "closed";
    },
    state: async () => (await context.record.leaks.all(repository.id))[0]?.state ?? "none",
    activity: async () =>
      (await context.record.activities.find(repository.id, [finding.fingerprint])).get(finding.fingerprint),
    comments: () => [...context.github.comments.values()].map(({ body }) => body),
  };
  return leak;
}
