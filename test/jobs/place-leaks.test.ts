import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idOf } from "../../src/domain/index.ts";
import type { CurrentRepository, Finding } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { reportLeaks } from "../../src/jobs/report-leaks.ts";
import { refreshRepository } from "../../src/jobs/refresh-repository.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { issueMarker, markersOf, WITHDRAWN_BODY } from "../../src/report/index.ts";
import { MAX_LOCATIONS } from "../../src/store/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import type { FakeIssue } from "../support/fake-github.ts";
import { atHead, HEAD, madeFinding } from "../support/reported.ts";
import { noted, PUSH, read } from "../support/scopes.ts";

const SECURITY = {
  id: 910_001,
  name: "security",
  owner: { login: "acme" },
  private: true,
  default_branch: "main",
};

/** The owner's file names `acme/security`, and GitHub shows it. */
function withSecurity(context: FakeContext, more = ""): void {
  const file = `issues:\n  repository: acme/security\n${more}`;
  context.github.files.set("acme/.github/.github/rollcall.yml", file);
  context.github.named.set("acme/security", SECURITY);
}

async function reported(
  context: FakeContext,
  repository: CurrentRepository,
  found: readonly Finding[],
  pusher: string | null = "ann",
): Promise<void> {
  await noted(context.record, repository, PUSH, { trust: { kind: "writer" }, pusher });
  await read(context.record, repository, PUSH, found.map(atHead));
  await publishCheck(context, repository.id, HEAD);
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await reportLeaks(context, { kind: "report", ...target, scopeId: idOf(PUSH) });
}

function issuesIn(context: FakeContext, name: string): FakeIssue[] {
  return context.github.issues.filter(({ repository }) => repository === `acme/${name}`);
}

describe("one key in several repositories", () => {
  test("has one issue in the owner's place, and one state", async () => {
    const context = aContext();
    withSecurity(context);
    const [one, two] = [aRepository({ name: "one" }), aRepository({ name: "two" })];
    const found = madeFinding();
    await reported(context, one, [found]);
    await reported(context, two, [{ ...found, path: "other.ts" }]);
    expect(context.github.issues).toHaveLength(1);
    const [issue] = issuesIn(context, "security");
    expect(issue?.body).toContain("other.ts");
    const rows = await context.record.leaks.sharing(SECURITY.id, found.fingerprint);
    expect(rows.map(({ issueNumber }) => issueNumber)).toEqual([1, 1]);
  });

  test.each([
    ["attested", "open"],
    ["verified", "rolled"],
  ] as const)("%s as rolled, then found in another repository: %s", async (how, state) => {
    const context = aContext();
    withSecurity(context);
    const [one, two] = [aRepository({ name: "one" }), aRepository({ name: "two" })];
    const found = madeFinding();
    await reported(context, one, [found]);
    const leak = { reportRepositoryId: SECURITY.id, fingerprint: found.fingerprint };
    await changeLeakState(context, leak, { from: "open", to: "rolled", actor: "ann", how });
    const [issue] = issuesIn(context, "security");
    if (issue === undefined) throw new Error("no issue");
    context.github.changeIssue(issue, "closed", { login: "ann", type: "User", closer: null });
    await reported(context, two, [{ ...found, commit: "c".repeat(40) }]);
    const rows = await context.record.leaks.sharing(SECURITY.id, found.fingerprint);
    expect(rows.map((row) => row.state)).toEqual([state, state]);
    expect(issue.state).toBe(state === "open" ? "open" : "closed");
    const said = context.github.comments().map(({ body }) => body);
    expect(said).toEqual([expect.stringContaining("brings this key again")]);
  });

  test("leaves the repository's own issue, which is closed with a link", async () => {
    const context = aContext();
    const repository = aRepository();
    const found = madeFinding();
    await reported(context, repository, [found]);
    expect(issuesIn(context, "shop")).toHaveLength(1);
    withSecurity(context);
    context.configuration.forget(aRepository({ name: ".github" }));
    await reported(context, repository, [found]);
    const [former] = issuesIn(context, "shop");
    const [next] = issuesIn(context, "security");
    expect(former?.state).toBe("closed");
    expect(markersOf(former?.body ?? "")).toEqual([]);
    expect(next?.state).toBe("open");
    expect(
      context.github
        .comments()
        .map(({ body }) => body)
        .join(),
    ).toContain(next?.html_url);

    // The owner takes the place back: the former issue goes on.
    context.github.files.delete("acme/.github/.github/rollcall.yml");
    context.configuration.forget(aRepository({ name: ".github" }));
    await reported(context, repository, [found]);
    expect(context.github.issues.map(({ state }) => state)).toEqual(["open", "closed"]);
    expect(former?.body).toContain("### Do this now");
    expect(former?.body).not.toContain("goes on in");
  });
});

describe("a public repository", () => {
  const aHostileText = fc.constantFrom("src/pay.ts", "@ann", "keys/ABCDEFG.txt", "a b/c.ts");

  test.each([true, false])("says nothing of what was found; a private place: %s", async (named) => {
    await fc.assert(
      fc.asyncProperty(fc.array(aHostileText, { minLength: 1, maxLength: 4 }), async (paths) => {
        const context = aContext();
        const repository = aRepository({ private: false });
        if (named) withSecurity(context);
        const found = paths.map((path) => madeFinding({ path: `hidden-${path}` }));
        await reported(context, repository, found);
        const [neutral, ...others] = issuesIn(context, "shop");
        expect(others).toEqual([]);
        expect(issuesIn(context, "security")).toHaveLength(named ? found.length : 0);
        const shown = `${neutral?.title}\n${neutral?.body}\n${context.github
          .comments()
          .filter(({ issue }) => issue === neutral?.number)
          .map(({ body }) => body)
          .join("\n")}`;
        for (const { fingerprint, redacted, account, commit, path } of found) {
          expect(shown).not.toContain(fingerprint);
          expect(shown).not.toContain(redacted.slice(-4));
          expect(shown).not.toContain(account);
          expect(shown).not.toContain(commit?.slice(0, 7));
          expect(shown).not.toContain(path);
        }
        expect(shown).not.toMatch(/hidden-|ann\b|\b(?:20\d\d-|[2-9] keys)/);
      }),
      { numRuns: 20 },
    );
  });

  test("opens its neutral issue again for a new key, and not for a place of a known one", async () => {
    const context = aContext();
    const repository = aRepository({ private: false });
    withSecurity(context);
    const found = madeFinding();
    await reported(context, repository, [found]);
    const [neutral] = issuesIn(context, "shop");
    if (neutral === undefined) throw new Error("no neutral issue");
    neutral.state = "closed";
    await reported(context, repository, [{ ...found, path: "again.ts" }]);
    expect(neutral.state).toBe("closed");
    await reported(context, repository, [madeFinding()]);
    expect(neutral.state).toBe("open");
    expect(issuesIn(context, "shop")).toHaveLength(1);
  });

  test("a cut connection or a lost record makes no second neutral issue", async () => {
    const repository = aRepository({ private: false });
    const found = madeFinding();
    const context = aContext();
    context.github.fault = (request) => (request === "POST /repos/acme/shop/issues" ? "after" : null);
    await expect(reported(context, repository, [found])).rejects.toMatchObject({ retryable: true });
    context.github.fault = () => null;
    await reported(context, repository, [found]);
    expect(issuesIn(context, "shop")).toHaveLength(1);
  });

  test.each([true, false])(
    "has an issue with details emptied that was opened while it became public; a private place: %s",
    async (named) => {
      const context = aContext();
      const repository = aRepository({ private: false });
      if (named) withSecurity(context);
      const found = madeFinding();
      await reported(context, repository, [found]);
      const marker = issueMarker(context.marker(repository.id, found.fingerprint));
      const stray = context.github.addIssue({ title: "Roll it", body: `At secret.ts.\n\n${marker}\n` });
      const target = { repositoryId: repository.id, installationId: repository.installationId };
      await refreshRepository(context, { kind: "refresh", ...target, publicized: true });
      await context.settle();
      expect(stray).toMatchObject({ state: "closed", state_reason: "not_planned", body: WITHDRAWN_BODY });
      const [leak] = await context.record.leaks.all(repository.id);
      expect(leak?.issueNumber).not.toBe(stray.number);
    },
  );

  test("never says that a key is dead, when a new commit brings it again", async () => {
    const context = aContext();
    const repository = aRepository({ private: false });
    const found = madeFinding();
    await reported(context, repository, [found]);
    const leak = { reportRepositoryId: repository.id, fingerprint: found.fingerprint };
    await changeLeakState(context, leak, { from: "open", to: "rolled", actor: null, how: "verified" });
    await reported(context, repository, [{ ...found, commit: "c".repeat(40) }]);
    expect(context.github.comments()).toEqual([]);
  });

  test("does not say which commits bring a rolled key again, nor how many, not even in its source", async () => {
    const context = aContext();
    const repository = aRepository({ private: false });
    const found = [madeFinding(), madeFinding()];
    await reported(context, repository, found);
    for (const { fingerprint } of found) {
      const leak = { reportRepositoryId: repository.id, fingerprint };
      await changeLeakState(context, leak, { from: "open", to: "rolled", actor: "ann", how: "attested" });
    }
    const commits = ["c".repeat(40), "d".repeat(40)];
    const again = found.map((each, index) => ({ ...each, commit: commits[index] ?? null }));
    await reported(context, repository, again);
    const [said = "", ...others] = context.github.comments().map(({ body }) => body);
    expect(said).toContain("A new commit brings this key again");
    expect(others).toEqual([]);
    for (const commit of commits) expect(said).not.toContain(commit.slice(0, 7));
  });

  test("is found by the marker of a former key, and gets that of today", async () => {
    const repository = aRepository({ private: false });
    const before = aContext();
    await reported(before, repository, [madeFinding()]);
    const [neutral] = issuesIn(before, "shop");
    if (neutral === undefined) throw new Error("no neutral issue");
    // The record was lost too.
    const fresh = aContext();
    fresh.github.issues.push(neutral);
    const today: FakeContext = {
      ...fresh,
      marker: (id, text) => before.marker(id, `${text} of today`),
      formerMarkers: (id, text) => [before.marker(id, text)],
    };
    await reported(today, repository, [madeFinding()]);
    expect(issuesIn(fresh, "shop")).toHaveLength(1);
    expect(neutral.body.match(/<!-- begin /g)).toHaveLength(1);
    expect(neutral.body).toContain(`<!-- begin ${today.marker(repository.id, "neutral")} -->`);
    expect(neutral.body).not.toContain(before.marker(repository.id, "neutral"));
  });
});

describe("people", () => {
  test.each<[string, readonly string[], string | null, readonly string[], readonly string[]]>([
    ["whoever pushed it", ["ann", "boss", "owner"], null, ["ann"], []],
    [
      "else the people of CODEOWNERS",
      ["boss", "owner"],
      "* @owner @acme/payments",
      ["owner"],
      ["@acme/payments"],
    ],
    ["else those of the configuration", ["boss"], "* @owner @acme/payments", ["boss"], ["@acme/payments"]],
    ["no rule for the file", ["boss"], "*.md @owner", ["boss"], []],
    ["no one", [], null, [], []],
  ])("%s", async (_name, assignable, codeOwners, assigned, mentioned) => {
    const context = aContext();
    const repository = aRepository();
    for (const login of assignable) context.github.assignable.add(login);
    context.github.files.set("acme/.github/.github/rollcall.yml", "issues:\n  assign: [boss]\n");
    if (codeOwners !== null) context.github.files.set("acme/shop/CODEOWNERS", codeOwners);
    await reported(context, repository, [madeFinding()]);
    expect(context.github.issues[0]?.assignees).toEqual(assigned);
    const comments = context.github.comments().map(({ body }) => body);
    expect(comments).toHaveLength(mentioned.length);
    for (const team of mentioned) expect(comments.join()).toContain(team);
  });

  test("labels are made if they are missing", async () => {
    const context = aContext();
    await reported(context, aRepository(), [madeFinding()]);
    await reported(context, aRepository(), [madeFinding()]);
    expect(context.github.asked("POST /repos/acme/shop/labels")).toHaveLength(1);
  });
});

describe("many places", () => {
  const places = (from: number, to: number): Finding[] => {
    const found = madeFinding();
    return Array.from({ length: to - from }, (_, index) => ({
      ...found,
      path: `src/pay-${from + index}.ts`,
    }));
  };

  test("10,000 stay within the limit of a body, the newest first, with their number", async () => {
    const context = aContext();
    const repository = aRepository();
    const all = places(0, MAX_LOCATIONS - 1);
    await reported(context, repository, all);
    const [issue] = context.github.issues;
    expect(Buffer.byteLength(issue?.body ?? "")).toBeLessThanOrEqual(65_535);
    expect(issue?.body).toContain("(9,999 places, the newest first)");
    const rows = issue?.body.split("\n").filter((line) => line.startsWith("| [")) ?? [];
    expect(rows[0]).toContain(`src/pay-${MAX_LOCATIONS - 2}.ts`);
    expect(rows.length).toBeGreaterThan(100);
    expect(issue?.body).toContain(`| and ${MAX_LOCATIONS - 1 - rows.length} more |`);
  });

  test("the newest stay on record", async () => {
    const context = aContext();
    const repository = aRepository();
    const all = places(0, MAX_LOCATIONS + 2);
    const [first] = all;
    if (first === undefined) throw new Error("no place");
    await reported(context, repository, all.slice(0, 6000));
    await reported(context, repository, all.slice(6000));
    const known = await context.record.leaks.newestPlaces(
      [{ repositoryId: repository.id, fingerprint: first.fingerprint }],
      MAX_LOCATIONS,
    );
    const paths = known.get(first.fingerprint)?.places.map(({ finding }) => finding.path);
    expect(paths?.[0]).toBe(`src/pay-${MAX_LOCATIONS + 1}.ts`);
    expect(paths).not.toContain("src/pay-0.ts");
    expect(context.github.issues[0]?.body).toContain("(at least 10,000 places, the newest first)");
  });

  test("new ones of one day make one comment, those of the next day another", async () => {
    const context = aContext();
    const repository = aRepository();
    const all = places(0, 6);
    const report = (count: number) => reported(context, repository, all.slice(0, count));
    const bodies = () => context.github.comments().map(({ body }) => /\*\*.*?\*\*/.exec(body)?.[0]);
    await report(1);
    expect(bodies()).toEqual([]);
    await report(2);
    await report(4);
    expect(bodies()).toEqual(["**3 more places**"]);
    await report(4);
    context.clock = new Date(context.clock.getTime() + 25 * 60 * 60_000);
    await report(6);
    expect(bodies()).toEqual(["**3 more places**", "**2 more places**"]);
  });

  test("people's text in the body survives", async () => {
    const context = aContext();
    const repository = aRepository();
    const all = places(0, 2);
    await reported(context, repository, all.slice(0, 1));
    const [issue] = context.github.issues;
    if (issue === undefined) throw new Error("no issue");
    issue.body = `Ann has it.\n${issue.body}See the runbook.\n`;
    await reported(context, repository, all);
    expect(issue.body).toMatch(/^Ann has it\.\n/);
    expect(issue.body).toMatch(/See the runbook\.\n$/);
    expect(issue.body).toContain("src/pay-1.ts");
  });
});
