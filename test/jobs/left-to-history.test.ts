import { describe, expect, test } from "vitest";
import type { CurrentRepository, PastFinding } from "../../src/domain/index.ts";
import { reportHistory } from "../../src/jobs/report-history.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { DEFAULT_LIMITS } from "../../src/jobs/index.ts";
import { interruptible } from "../support/interruptible.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { pastFinding } from "../support/past-findings.ts";
import { historyRead, passTime, report } from "../support/read-histories.ts";
import { atHead, HEAD, madeFinding, OLDER } from "../support/reported.ts";
import { finished, PUSH } from "../support/scopes.ts";

const MINUTE = 60_000;
const NEW_REF = { kind: "push", ref: "refs/heads/old", before: null, after: HEAD } as const;
const CLEAN = "No Stripe keys in 1 commit";
const ONE_LEFT = `${CLEAN}; 1 live key from before has no issue`;

const past = (made: Parameters<typeof madeFinding>[0] = {}): PastFinding =>
  pastFinding(madeFinding({ commit: OLDER, ...made }));

/** A private repository whose owner wants no issues of histories, unless it says otherwise. */
function aSite(owners = "history: summary\n", fields: Partial<CurrentRepository> = {}) {
  const context = aContext();
  context.github.heads.set("main", HEAD);
  const repository = aRepository(fields);
  context.github.repository = { ...context.github.repository, private: repository.private };
  configured(context, owners);
  return { context, repository };
}

function configured(context: FakeContext, owners: string): void {
  context.github.files.set("acme/.github/.github/rollcall.yml", owners);
  context.configuration.forget(aRepository({ name: ".github" }));
}

/** The history is read, and a new branch begins at a later commit in which nothing is found. */
async function branched(
  { context, repository }: ReturnType<typeof aSite>,
  findings: readonly PastFinding[],
): Promise<void> {
  await finished(context.record, repository, NEW_REF, []);
  await historyRead(context, repository, findings);
  await publishCheck(context, repository.id, HEAD);
}

const check = ({ github }: FakeContext) => github.current(HEAD);
const compared = ({ github }: FakeContext): number =>
  github.requests.filter((request) => request.includes("/compare/")).length;

describe("a new branch at an old commit with a live key in its history that has no issue", () => {
  test.each([
    ["by the owner's choice", "history: summary\n", "(`history: summary` or `mode: observe`)"],
    ["in a trial", "mode: observe\n", "(`history: summary` or `mode: observe`)"],
    ["because histories are not read any more", "history: off\n", "(`history: off`)"],
    ["because its turn has not come", "history: issues\n", "one after the other"],
  ])("%s: is not green, and says so", async (_name, owners, why) => {
    const site = aSite(owners);
    await branched(site, [past()]);
    expect(check(site.context)?.conclusion).toBe("neutral");
    expect(check(site.context)?.title).toContain(ONE_LEFT);
    expect(check(site.context)?.summary).toContain("Roll it");
    expect(check(site.context)?.summary).toContain(why);
  });

  test("that only strangers brought, says so too", async () => {
    const site = aSite("history: issues\n");
    await branched(site, [{ ...past(), trust: "unknown" }]);
    expect(check(site.context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
  });

  test("in the message of a commit, says so too", async () => {
    const site = aSite();
    const finding = madeFinding({ commit: OLDER, place: "commit_message", path: null });
    await branched(site, [pastFinding(finding, { origin: { source: "commit" } })]);
    expect(check(site.context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
  });

  test("says nothing of it on a public repository, and asks GitHub nothing", async () => {
    const site = aSite("history: summary\n", { private: false });
    await branched(site, [past()]);
    expect(check(site.context)).toMatchObject({ conclusion: "success", title: CLEAN });
    expect(JSON.stringify(check(site.context))).not.toMatch(/history|before/i);
    expect(compared(site.context)).toBe(0);
  });

  test("is red where the push itself shows the key, which is then named once", async () => {
    const site = aSite();
    const one = past();
    await finished(site.context.record, site.repository, NEW_REF, [atHead(one.finding)]);
    await historyRead(site.context, site.repository, [one]);
    await publishCheck(site.context, site.repository.id, HEAD);
    expect(check(site.context)).toMatchObject({ conclusion: "failure" });
    expect(check(site.context)?.title).not.toContain("before");
  });
});

describe("a branch is green", () => {
  test.each([
    ["that is elsewhere in the history", "diverged"],
    ["that comes later", "behind"],
    ["of another root", null],
  ] as const)("with a key %s", async (_name, relation) => {
    const site = aSite();
    site.context.github.relation = () => relation;
    await branched(site, [past()]);
    expect(check(site.context)).toMatchObject({ conclusion: "success", title: CLEAN });
  });

  test.each<[string, PastFinding]>([
    ["a test key", past({ mode: "test" })],
    ["an uncertain match", past({ confidence: "low" })],
    [
      "a key in the message of a tag",
      pastFinding(madeFinding({ commit: OLDER }), { origin: { source: "tag" } }),
    ],
  ])("over %s in its history", async (_name, finding) => {
    const site = aSite();
    await branched(site, [finding]);
    expect(check(site.context)).toMatchObject({ conclusion: "success", title: CLEAN });
    expect(compared(site.context)).toBe(0);
  });

  test("that was there before, whatever its history holds: its push is read from where it began", async () => {
    const site = aSite();
    await finished(site.context.record, site.repository, PUSH, []);
    await historyRead(site.context, site.repository, [past()]);
    await publishCheck(site.context, site.repository.id, HEAD);
    expect(check(site.context)).toMatchObject({ conclusion: "success", title: CLEAN });
    expect(compared(site.context)).toBe(0);
  });
});

describe("the check of a new branch follows", () => {
  test("the first reading of the history, and the issue of the key", async () => {
    const site = aSite("history: issues\n");
    const { context } = site;
    await finished(context.record, site.repository, NEW_REF, []);
    await publishCheck(context, site.repository.id, HEAD);
    expect(check(context)).toMatchObject({ conclusion: "success" });
    await historyRead(context, site.repository, [past(), past()]);
    await context.settle();
    context.clock = new Date(context.clock.getTime() + DEFAULT_LIMITS.historyIssueMs - 1);
    await context.settle();
    expect(context.github.issues).toHaveLength(1);
    expect(check(context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
    await passTime(context, 2 * MINUTE);
    expect(context.github.issues).toHaveLength(2);
    expect(check(context)).toMatchObject({ conclusion: "success", title: CLEAN });
  });

  test("the reading that found the key, also if the process was killed while it noted that", async () => {
    const [context, dying] = interruptible();
    context.github.heads.set("main", HEAD);
    const site = { context, repository: aRepository() };
    configured(context, "history: summary\n");
    await branched(site, []);
    expect(check(context)).toMatchObject({ conclusion: "success" });
    await historyRead(context, site.repository, [past()]);
    dying.isDead = true;
    const target = { repositoryId: site.repository.id, installationId: site.repository.installationId };
    await expect(reportHistory(context, { kind: "report_history", ...target })).rejects.toThrow("killed");
    dying.isDead = false;
    await passTime(context, 2 * MINUTE);
    expect(check(context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
  });

  test("a rule of the owner that allows the key, and the end of that rule", async () => {
    const site = aSite();
    const { context } = site;
    const one = past();
    await branched(site, [one]);
    await passTime(context, MINUTE);
    expect(check(context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
    const rule = `  - fingerprint: ${one.finding.fingerprint}\n    reason: closed\n    until: 2027-01-31\n`;
    configured(context, `history: summary\nallow:\n${rule}`);
    await report(context, site.repository);
    await passTime(context, MINUTE);
    expect(check(context)).toMatchObject({ conclusion: "success" });
    configured(context, "history: summary\n");
    await report(context, site.repository);
    await passTime(context, MINUTE);
    expect(check(context)).toMatchObject({ conclusion: "neutral", title: ONE_LEFT });
  });
});

describe("of many keys", () => {
  const commits = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(40, "d"));

  test("one request for each commit, and no more than say that there are several", async () => {
    const site = aSite();
    await branched(site, [past(), past(), ...commits.map((commit) => past({ commit }))]);
    expect(check(site.context)?.title).toMatch(/; at least 6 live keys from before have no issue$/);
    expect(compared(site.context)).toBe(5);
  });

  test("those of the default branch are asked about first", async () => {
    const site = aSite();
    const others = commits.map((commit) => ({
      ...past({ commit }),
      origin: { ...past().origin, branches: ["x"] },
    }));
    site.context.github.relation = (base) => (base === OLDER ? "ahead" : "diverged");
    await branched(site, [...others, past()]);
    expect(check(site.context)?.title).toMatch(/; at least 1 live key from before has no issue$/);
    expect(compared(site.context)).toBe(30);
  });

  test("that could not all be asked about, or where GitHub does not say, the branch is not green", async () => {
    const site = aSite();
    site.context.github.relation = () => "diverged";
    await branched(
      site,
      commits.map((commit) => past({ commit })),
    );
    expect(check(site.context)).toMatchObject({
      conclusion: "neutral",
      title: `${CLEAN}; perhaps a live key from before has no issue`,
    });
    const other = aSite();
    other.context.github.fault = (request) => (request.includes("/compare/") ? 500 : null);
    await branched(other, [past()]);
    expect(check(other.context)).toMatchObject({ conclusion: "neutral" });
    // GitHub's answer may come from where the push has not arrived yet.
    const late = aSite();
    late.context.github.fault = (request) => (request.includes("/compare/") ? 404 : null);
    await branched(late, [past()]);
    expect(check(late.context)).toMatchObject({ conclusion: "neutral" });
  });

  test("a rate limit is waited for", async () => {
    const site = aSite();
    site.context.github.fault = (request) => (request.includes("/compare/") ? 429 : null);
    await expect(branched(site, [past()])).rejects.toMatchObject({ code: "rate_limited" });
  });
});
