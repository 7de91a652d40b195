import { describe, expect, test } from "vitest";
import { idOf } from "../../src/domain/index.ts";
import type { CurrentRepository, Finding } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { reportLeaks } from "../../src/jobs/report-leaks.ts";
import { sweep } from "../../src/jobs/sweep.ts";
import { MAX_LOCATIONS } from "../../src/store/index.ts";
import { writeSummary } from "../../src/jobs/owner-summary.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { pastFinding } from "../support/past-findings.ts";
import { historyRead, historyRuns, passTime, report, targetOf } from "../support/read-histories.ts";
import { atHead, HEAD, madeFinding, OLDER } from "../support/reported.ts";
import { noted, PUSH, read } from "../support/scopes.ts";

const MINUTE = 60_000;
const OWNERS_FILE = "acme/.github/.github/rollcall.yml";
const SECURITY = {
  id: 910_001,
  name: "security",
  owner: { login: "acme" },
  private: true,
  default_branch: "main",
};

function aSite(fields: Partial<CurrentRepository> = {}) {
  const context = aContext();
  context.github.heads.set("main", HEAD);
  return { context, repository: aRepository(fields) };
}

function configured(context: FakeContext, text: string): void {
  context.github.files.set(OWNERS_FILE, text);
  context.github.named.set("acme/security", SECURITY);
  context.configuration.forget(aRepository({ name: ".github" }));
}

const PLACE = "issues:\n  repository: acme/security\n";

/** A key in an old commit. */
function old(made: Parameters<typeof madeFinding>[0] = {}): Finding {
  return madeFinding({ commit: OLDER, ...made });
}

/** A push brings the key, and its issue is opened. */
async function pushed(context: FakeContext, repository: CurrentRepository, finding: Finding): Promise<void> {
  await noted(context.record, repository, PUSH, { trust: { kind: "writer" }, pusher: "ann" });
  await read(context.record, repository, PUSH, [atHead(finding)]);
  await publishCheck(context, repository.id, HEAD);
  await reportLeaks(context, { kind: "report", ...targetOf(repository), scopeId: idOf(PUSH) });
}

describe("a private repository", () => {
  test("gets an issue for a key in its history, with the commit, the author and what became of it", async () => {
    const { context, repository } = aSite();
    const finding = old();
    await historyRead(context, repository, [pastFinding(finding, { origin: { isAtTip: true } })]);
    await passTime(context, MINUTE);
    const [issue, ...others] = context.github.issues;
    expect(others).toEqual([]);
    expect(issue?.title).toContain(finding.redacted);
    expect(issue?.body).toMatch(/\*\*In history since:\*\* 2019-03-04, commit .*bbbbbbb.* by `Ann Example/);
    expect(issue?.body).toContain("still in a file at the tip of the default branch");
    expect(context.github.comments()).toEqual([]);
    expect(historyRuns(context)).toMatchObject([
      { head: HEAD, conclusion: "neutral", title: "1 live key in history, 1 at the tip" },
    ]);
    expect(historyRuns(context)[0]?.summary).toContain("issue\u{a0}1");
  });

  test("a reading that finds the same again tells nothing twice", async () => {
    const { context, repository } = aSite();
    const past = pastFinding(old());
    await historyRead(context, repository, [past]);
    await passTime(context, MINUTE);
    const before = context.github.requests.filter((request) => !request.startsWith("GET")).length;
    await historyRead(context, repository, [past]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.requests.filter((request) => !request.startsWith("GET"))).toHaveLength(before);
  });

  test("gets no issue for test keys, uncertain matches and keys of strangers", async () => {
    const { context, repository } = aSite();
    await historyRead(context, repository, [
      pastFinding(old({ mode: "test" })),
      pastFinding(old({ confidence: "low" })),
      pastFinding(old(), { trust: "stranger", pulls: [4] }),
      pastFinding(old(), { trust: "unknown" }),
    ]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toEqual([]);
    expect(await context.record.leaks.all(repository.id)).toEqual([]);
    expect(historyRuns(context)).toMatchObject([
      { title: "No live key in history; 2 only in pull requests" },
    ]);
  });

  test.each(["rolled", "dismissed"] as const)(
    "a key that is %s stays so: it is not seen again",
    async (state) => {
      const { context, repository } = aSite();
      const finding = madeFinding();
      await pushed(context, repository, finding);
      const leak = { reportRepositoryId: repository.id, fingerprint: finding.fingerprint };
      const how = state === "rolled" ? "attested" : "dismissed";
      await changeLeakState(context, leak, { from: "open", to: state, actor: "ann", how });
      const [issue] = context.github.issues;
      if (issue === undefined) throw new Error("no issue");
      context.github.changeIssue(issue, "closed", { login: "ann", type: "User", closer: null });
      await historyRead(context, repository, [pastFinding({ ...finding, commit: OLDER, path: "old.ts" })]);
      await passTime(context, 10 * MINUTE);
      expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state }]);
      expect(context.github.issues).toMatchObject([{ state: "closed" }]);
      expect(context.github.comments()).toEqual([]);
      expect(historyRuns(context)).toMatchObject([{ title: `No open key in history: 1 ${state}` }]);
    },
  );

  test("a key that was rolled in another repository of the owner is rolled here too", async () => {
    const { context, repository } = aSite({ name: "one" });
    configured(context, PLACE);
    const finding = madeFinding();
    await pushed(context, repository, finding);
    const leak = { reportRepositoryId: SECURITY.id, fingerprint: finding.fingerprint };
    await changeLeakState(context, leak, { from: "open", to: "rolled", actor: "ann", how: "attested" });
    const other = aRepository({ name: "two" });
    await historyRead(context, other, [pastFinding({ ...finding, commit: OLDER })]);
    await passTime(context, 10 * MINUTE);
    expect(await context.record.leaks.sharing(SECURITY.id, finding.fingerprint)).toMatchObject([
      { state: "rolled" },
      { state: "rolled" },
    ]);
    expect(context.github.issues).toHaveLength(1);
    expect(context.github.comments()).toEqual([]);
  });

  test("the issue of a key that a push brought tells of its history, without a comment", async () => {
    const { context, repository } = aSite();
    const finding = madeFinding();
    await pushed(context, repository, finding);
    await historyRead(context, repository, [pastFinding({ ...finding, commit: OLDER, path: "old.ts" })]);
    await passTime(context, 10 * MINUTE);
    const [issue, ...others] = context.github.issues;
    expect(others).toEqual([]);
    expect(issue?.body).toContain("**In history since:** 2019-03-04");
    expect(issue?.body).toContain("old.ts:12");
    expect(context.github.comments()).toEqual([]);
  });

  test("a key whose history is where a push brought it is not told again", async () => {
    const { context, repository } = aSite();
    const finding = madeFinding();
    await pushed(context, repository, finding);
    const body = context.github.issues[0]?.body;
    await historyRead(context, repository, [pastFinding(finding)]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toMatchObject([{ body }]);
  });
});

describe("the pace", () => {
  test("issues are opened one after the other, those of the newest accounts first, over all repositories", async () => {
    const { context, repository } = aSite({ name: "one" });
    configured(context, PLACE);
    const other = aRepository({ name: "two" });
    const made = (accountCreated: string) => pastFinding(old({ accountCreated }));
    const [a, b, c] = [made("2015-01-01"), made("2024-01-01"), made("2019-01-01")];
    await historyRead(context, repository, [a, c]);
    await historyRead(context, other, [b]);
    await context.settle();
    const redacted = () => context.github.issues.map(({ title }) => /sk_live_….{4}/.exec(title)?.[0]);
    expect(redacted()).toHaveLength(1);
    await passTime(context, 10 * MINUTE);
    expect(redacted()).toEqual([b, c, a].map(({ finding }) => finding.redacted));
    const leaks = [
      ...(await context.record.leaks.all(repository.id)),
      ...(await context.record.leaks.all(other.id)),
    ];
    const times = leaks.map(({ foundAt }) => foundAt.getTime()).toSorted((one, two) => one - two);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 30_000, 60_000]);
  });

  test("a key at more places than are kept is filed once, also if they are found again", async () => {
    const { context, repository } = aSite();
    const [one, other] = [old(), old()];
    const places = Array.from({ length: MAX_LOCATIONS + 1 }, (_, line) =>
      pastFinding({ ...one, path: `src/${line}.ts` }),
    );
    await historyRead(context, repository, [...places, pastFinding(other)]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toHaveLength(2);
    const wrote = context.github.requests.length;
    await historyRead(context, repository, places);
    await passTime(context, 10 * MINUTE);
    expect(await context.record.historyKeys.waiting(repository.id)).toEqual([]);
    expect(context.github.requests.slice(wrote).filter((request) => request.includes("/issues"))).toEqual([]);
  });

  test("a clock that was years ahead for a moment stops nothing once it is right again", async () => {
    const { context, repository } = aSite();
    const right = context.clock;
    context.clock = new Date("2031-01-01T00:00:00Z");
    await historyRead(context, repository, [pastFinding(old())]);
    await context.settle();
    expect(context.github.issues).toHaveLength(1);
    context.clock = right;
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toHaveLength(2);
  });

  test("a key that waits is no leak yet, so a push does not wait for its issue", async () => {
    const { context, repository } = aSite();
    await historyRead(context, repository, [pastFinding(old()), pastFinding(old())]);
    await context.settle();
    const finding = madeFinding();
    await pushed(context, repository, finding);
    expect(context.github.issues).toHaveLength(2);
    expect(context.github.issues.at(-1)?.title).toContain(finding.redacted);
  });

  test("a key that a push brings at the same time is left to its report, which knows who pushed it", async () => {
    const { context, repository } = aSite();
    const finding = madeFinding();
    context.clock = new Date("2026-11-21T11:01:00Z");
    await noted(context.record, repository, PUSH, { trust: { kind: "writer" }, pusher: "ann" });
    await historyRead(context, repository, [pastFinding(finding)]);
    await passTime(context, 20_000);
    expect(context.github.issues).toEqual([]);
    await pushed(context, repository, finding);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toHaveLength(1);
    expect(context.github.issues[0]?.body).toContain("**Brought in by:** @ann");
  });

  test("a push that cannot be read for long holds nothing up", async () => {
    const { context, repository } = aSite();
    await noted(context.record, repository, PUSH, { trust: { kind: "writer" } });
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, 15 * MINUTE);
    expect(context.github.issues).toHaveLength(1);
  });

  test("more than 20 keys of a repository share one issue", async () => {
    const { context, repository } = aSite();
    await historyRead(
      context,
      repository,
      Array.from({ length: 25 }, () => pastFinding(old())),
    );
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toMatchObject([{ title: "Roll 25 leaked Stripe keys" }]);
    expect(context.github.issues[0]?.body).toContain("in history since 2019-03-04");
  });

  test.each(["before", "after"] as const)(
    "an issue whose request fails %s its effect is opened once",
    async (fault) => {
      const { context, repository } = aSite();
      let failed = false;
      context.github.fault = (request) => {
        if (failed || request !== "POST /repos/acme/shop/issues") return null;
        failed = true;
        return fault;
      };
      await historyRead(context, repository, [pastFinding(old()), pastFinding(old())]);
      await expect(passTime(context, 10 * MINUTE)).rejects.toThrow("asked to");
      await passTime(context, 10 * MINUTE);
      await sweep(context);
      await passTime(context, 10 * MINUTE);
      expect(context.github.issues).toHaveLength(2);
      expect(await context.record.historyKeys.counts(repository.installationId)).toMatchObject({
        waiting: 0,
      });
    },
  );

  test("what a killed process left is found by the sweep", async () => {
    const { context, repository } = aSite();
    await historyRead(context, repository, [pastFinding(old()), pastFinding(old())]);
    await context.settle();
    for (const job of context.queue.all()) if (job.job.kind === "file_history") job.state = "done";
    await sweep(context);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toHaveLength(2);
  });

  test("a place that takes no issues does not hold up the others", async () => {
    const { context, repository } = aSite({ name: "closed" });
    const other = aRepository({ name: "open" });
    context.github.fault = (request) => (request === "POST /repos/acme/closed/issues" ? 410 : null);
    await historyRead(context, repository, [pastFinding(old({ accountCreated: "2025-01-01" }))]);
    await historyRead(context, other, [pastFinding(old({ accountCreated: "2019-01-01" }))]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toMatchObject([{ repository: "acme/open" }]);
  });

  test.each([
    [403, "rejected by one repository"],
    [404, "not there"],
    [422, "of content"],
  ])("a refusal (%i, %s) does not hold up the others either", async (status) => {
    const { context, repository } = aSite({ name: "closed" });
    const other = aRepository({ name: "open" });
    context.github.fault = (request) => (request === "POST /repos/acme/closed/issues" ? status : null);
    await historyRead(context, repository, [pastFinding(old({ accountCreated: "2025-01-01" }))]);
    await historyRead(context, other, [pastFinding(old({ accountCreated: "2019-01-01" }))]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toMatchObject([{ repository: "acme/open" }]);
  });

  test.each([
    [429, "rate_limited"],
    [500, "unavailable"],
    [401, "unauthorized"],
  ])(
    "what stops every request (%i) stops the filing: the key is told once GitHub answers",
    async (status, code) => {
      const { context, repository } = aSite();
      context.github.fault = (request) => (/^POST .*\/issues$/.test(request) ? status : null);
      await historyRead(context, repository, [pastFinding(old())]);
      await expect(passTime(context, MINUTE)).rejects.toMatchObject({ code });
      expect(await context.record.historyKeys.unfinished(repository.installationId)).not.toBeNull();
      context.github.fault = () => null;
      await sweep(context);
      await passTime(context, 70 * MINUTE);
      expect(context.github.issues).toHaveLength(1);
      expect(await context.record.historyKeys.unfinished(repository.installationId)).toBeNull();
    },
  );
});

describe("the configuration", () => {
  test.each([
    ["history: summary\n", "`history: summary`"],
    ["mode: observe\n", "`mode: observe`"],
  ])("with %j keys are in the owner's summary alone", async (text, why) => {
    const { context, repository } = aSite();
    configured(context, `${text}${PLACE}`);
    const past = pastFinding(old());
    await historyRead(context, repository, [past]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toEqual([]);
    expect(historyRuns(context)).toMatchObject([{ title: "1 live key in history, none at the tip" }]);
    expect(historyRuns(context)[0]?.summary).toContain(why);
    await writeSummary(context, aRepository({ ...repository, id: SECURITY.id, name: "security" }));
    expect(context.github.issues[0]?.body).toContain("**1 live key** in histories has no issue");
    expect(context.github.issues[0]?.body).toContain(past.finding.redacted);
  });

  test("history: off files and shows nothing", async () => {
    const { context, repository } = aSite();
    configured(context, `history: off\n${PLACE}`);
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, 10 * MINUTE);
    expect([context.github.issues, historyRuns(context)]).toEqual([[], []]);
    expect(await context.record.leaks.all(repository.id)).toEqual([]);
  });

  test("a trial that ends files what it found", async () => {
    const { context, repository } = aSite();
    configured(context, "mode: observe\n");
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, MINUTE);
    expect(context.github.issues).toEqual([]);
    configured(context, "mode: enforce\n");
    await report(context, repository);
    await passTime(context, MINUTE);
    expect(context.github.issues).toHaveLength(1);
  });

  test("a trial that ends soon after a push of a key that the history has files it", async () => {
    const { context, repository } = aSite();
    configured(context, "mode: observe\n");
    const finding = madeFinding();
    context.clock = new Date("2026-11-21T11:01:00Z");
    await historyRead(context, repository, [pastFinding({ ...finding, commit: OLDER })]);
    await passTime(context, MINUTE);
    await pushed(context, repository, finding);
    await passTime(context, MINUTE);
    expect(context.github.issues).toEqual([]);
    configured(context, "mode: enforce\n");
    await report(context, repository);
    await passTime(context, 120 * MINUTE);
    expect(context.github.issues).toHaveLength(1);
  });

  test("keys that wait when the owner chooses the summary are not filed any more", async () => {
    const { context, repository } = aSite();
    await historyRead(context, repository, [pastFinding(old()), pastFinding(old())]);
    await context.settle();
    configured(context, "history: summary\n");
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues).toHaveLength(1);
  });
});

describe("a public repository", () => {
  test("shows nothing: no issue, no check, whatever its history holds", async () => {
    const { context, repository } = aSite({ private: false });
    context.github.repository = { ...context.github.repository, private: false };
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, 10 * MINUTE);
    await sweep(context);
    await passTime(context, 10 * MINUTE);
    expect(context.github.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("with a private place has its issue there alone: the neutral issue does not appear", async () => {
    const { context, repository } = aSite({ private: false });
    configured(context, PLACE);
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, 10 * MINUTE);
    expect(context.github.issues.map((issue) => issue.repository)).toEqual(["acme/security"]);
    expect(historyRuns(context)).toEqual([]);
  });

  test("gets the neutral issue once a push brings the key", async () => {
    const { context, repository } = aSite({ private: false });
    configured(context, PLACE);
    const finding = madeFinding();
    await historyRead(context, repository, [pastFinding({ ...finding, commit: OLDER })]);
    await passTime(context, 10 * MINUTE);
    await pushed(context, repository, finding);
    expect(context.github.issues.map((issue) => issue.repository)).toEqual(["acme/security", "acme/shop"]);
  });

  test("is filed once its owner names a private place", async () => {
    const { context, repository } = aSite({ private: false });
    await historyRead(context, repository, [pastFinding(old())]);
    await passTime(context, MINUTE);
    configured(context, PLACE);
    await report(context, repository);
    await passTime(context, MINUTE);
    expect(context.github.issues.map((issue) => issue.repository)).toEqual(["acme/security"]);
  });
});
