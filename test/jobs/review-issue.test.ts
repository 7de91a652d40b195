import { describe, expect, test } from "vitest";
import type { CurrentRepository, Finding } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { matchIssues } from "../../src/jobs/match-issues.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { reviewIssue } from "../../src/jobs/review-issue.ts";
import { issueMarker } from "../../src/report/index.ts";
import type { FakeChange, FakeIssue } from "../support/fake-github.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { atHead, HEAD, madeFinding } from "../support/reported.ts";
import { finished, PUSH } from "../support/scopes.ts";

const ANN = { login: "ann", type: "User", closer: null } as const;

interface Leaked {
  readonly context: FakeContext;
  readonly repository: CurrentRepository;
  readonly key: Finding;
  readonly issue: FakeIssue;
}

/** A leak on record with its issue, in a repository where ann may write. */
async function leaked(): Promise<Leaked> {
  const [context, repository, key] = [aContext(), aRepository(), madeFinding()];
  context.github.roles.set("ann", "write");
  await context.record.repositories.note(repository);
  const leak = { leak: key, reportRepositoryId: repository.id, locations: [key] };
  await context.record.leaks.add(repository.id, [leak], context.clock);
  const issue = anIssue(context, repository, key);
  await context.record.leaks.issueOpened(repository.id, [key.fingerprint], {
    repositoryId: repository.id,
    number: issue.number,
    url: issue.html_url,
    digest: null,
  });
  return { context, repository, key, issue };
}

function anIssue(context: FakeContext, repository: CurrentRepository, key: Finding): FakeIssue {
  const marker = issueMarker(context.marker(repository.id, key.fingerprint));
  return context.github.addIssue({ title: "Roll it", body: `Roll it.\n\n${marker}\n` });
}

function targetOf({ id, installationId }: CurrentRepository) {
  return { repositoryId: id, installationId };
}

async function review({ context, repository, issue }: Leaked): Promise<void> {
  await reviewIssue(context, { ...targetOf(repository), number: issue.number });
}

async function stateOf({ context, repository }: Leaked): Promise<unknown> {
  const [leak] = await context.record.leaks.all(repository.id);
  return leak === undefined ? null : [leak.state, leak.stateHow];
}

function comments({ context, issue }: Pick<Leaked, "context" | "issue">): readonly string[] {
  const all = context.github.comments();
  return all.filter((comment) => comment.issue === issue.number).map(({ body }) => body);
}

describe("who closed it", () => {
  test.each<[string, Omit<FakeChange, "kind" | "id">, string]>([
    ["a person through another app", { ...ANN, app: 77 }, "an app closed it"],
    ["another app", { login: "stale-app", type: "Bot", closer: null }, "an app closed it"],
    [
      "a pull request that ann merged",
      { ...ANN, closer: "PullRequest" },
      "a changed file does not end a leak",
    ],
  ])("%s is not a person", async (_name, by, said) => {
    const made = await leaked();
    made.context.github.changeIssue(made.issue, "closed", by);
    await review(made);
    expect(await stateOf(made)).toEqual(["open", null]);
    expect(made.issue.state).toBe("open");
    expect(comments(made)).toEqual([expect.stringContaining(said)]);
  });

  test("the app itself, of a leak that is new to the record: the issue knows more", async () => {
    const made = await leaked();
    const rollcall = { login: "rollcall", type: "Bot", closer: null } as const;
    made.context.github.changeIssue(made.issue, "closed", rollcall);
    await review(made);
    expect(await stateOf(made)).toEqual(["rolled", "rebuilt"]);
    expect(made.issue.state).toBe("closed");
  });

  test.each<[string, (request: string) => 502 | null]>([
    ["GraphQL does not answer", (request) => (request === "POST /graphql" ? 502 : null)],
    ["the events cannot be read", (request) => (request.endsWith("/events") ? 502 : null)],
    ["the role cannot be read", (request) => (request.includes("/collaborators/") ? 502 : null)],
  ])("%s: the leak stays open, and the job is tried again", async (_name, fault) => {
    const made = await leaked();
    made.context.github.changeIssue(made.issue, "closed", ANN);
    made.context.github.fault = fault;
    await expect(review(made)).rejects.toMatchObject({ retryable: true });
    expect(await stateOf(made)).toEqual(["open", null]);
    expect(made.issue.state).toBe("closed");
    made.context.github.fault = () => null;
    await review(made);
    expect(await stateOf(made)).toEqual(["rolled", "attested"]);
  });

  test("answers of different moments: it is asked again", async () => {
    const made = await leaked();
    made.context.github.changeIssue(made.issue, "closed", ANN);
    made.issue.changes.push({ ...ANN, kind: "reopened", id: "later" });
    await expect(review(made)).rejects.toMatchObject({ name: "UnsettledIssueError", retryable: true });
    expect(await stateOf(made)).toEqual(["open", null]);
  });

  test("an author or committer of a commit that holds the key brought it", async () => {
    const made = await leaked();
    made.context.github.commits.set(made.key.commit ?? "", { author: { login: "Ann" }, committer: null });
    made.context.github.changeIssue(made.issue, "closed", ANN);
    await review(made);
    expect(await stateOf(made)).toEqual(["rolled", "attested_by_pusher"]);
  });
});

describe("a job that is killed begins again", () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    "after request %i of a refusal: one comment, one reopening",
    async (cut) => {
      const made = await leaked();
      made.context.github.changeIssue(made.issue, "closed", { ...ANN, closer: "Commit" });
      const from = made.context.github.requests.length;
      made.context.github.fault = (_request, index) => (index === from + cut ? "after" : null);
      await review(made).catch(() => {});
      made.context.github.fault = () => null;
      await review(made);
      expect(made.issue.state).toBe("open");
      expect(comments(made)).toHaveLength(1);
      expect(made.issue.changes.filter(({ kind }) => kind === "reopened")).toHaveLength(1);
      const events = await made.context.record.leaks.events(made.repository.id, made.key.fingerprint);
      expect(events.filter(({ how }) => how === "kept_open")).toHaveLength(1);
    },
  );

  test("after the leak was dismissed and before the question: the question is asked once", async () => {
    const made = await leaked();
    made.context.github.roles.set("ann", "admin");
    made.context.github.changeIssue(made.issue, "closed", ANN, "not_planned");
    made.context.github.fault = (request) => (request.endsWith("/comments") ? 502 : null);
    await expect(review(made)).rejects.toMatchObject({ name: "GitHubError" });
    expect(await stateOf(made)).toEqual(["dismissed", "dismissed"]);
    made.context.github.fault = () => null;
    await review(made);
    await review(made);
    expect(comments(made)).toHaveLength(1);
  });
});

describe("matching issues with the record", () => {
  test("of two open issues the newer one is closed with a link, whichever is on record", async () => {
    const made = await leaked();
    const copy = anIssue(made.context, made.repository, made.key);
    await made.context.record.leaks.issueOpened(made.repository.id, [made.key.fingerprint], {
      repositoryId: made.repository.id,
      number: copy.number,
      url: copy.html_url,
      digest: null,
    });
    await matchIssues(made.context, { kind: "match_issues", ...targetOf(made.repository) });
    expect(made.issue.state).toBe("open");
    expect(copy).toMatchObject({ state: "closed", state_reason: "duplicate" });
    expect(comments({ ...made, issue: copy })).toEqual([expect.stringContaining(`#${made.issue.number}`)]);
    const [leak] = await made.context.record.leaks.all(made.repository.id);
    expect(leak?.issueNumber).toBe(made.issue.number);
  });

  test("a check names the issue that was taken over", async () => {
    const made = await leaked();
    const { context, repository, key } = made;
    await finished(context.record, repository, PUSH, [atHead(key)]);
    await context.settle();
    await context.record.leaks.issueGone(repository.id, [key.fingerprint]);
    await context.record.checks.touch(repository.id, [HEAD], context.clock);
    await publishCheck(context, repository.id, HEAD);
    expect(context.github.current(HEAD)?.summary).not.toContain(made.issue.html_url);
    await matchIssues(context, { kind: "match_issues", ...targetOf(repository) });
    await context.settle();
    expect(context.github.current(HEAD)?.summary).toContain(made.issue.html_url);
  });

  test("a stranger's issue with the same marker is left alone", async () => {
    const made = await leaked();
    const { github } = made.context;
    const forged = github.addIssue({ title: "Mine", body: made.issue.body, login: "stranger" });
    await matchIssues(made.context, { kind: "match_issues", ...targetOf(made.repository) });
    expect(forged.state).toBe("open");
    expect(comments({ ...made, issue: forged })).toEqual([]);
  });

  test("an issue with a marker of a former key is found", async () => {
    const made = await leaked();
    const context = {
      ...made.context,
      marker: () => "ab".repeat(20),
      formerMarkers: (id: number, fingerprint: string) => [made.context.marker(id, fingerprint)],
    };
    await made.context.record.leaks.issueGone(made.repository.id, [made.key.fingerprint]);
    await matchIssues(context, { kind: "match_issues", ...targetOf(made.repository) });
    const [leak] = await made.context.record.leaks.all(made.repository.id);
    expect(leak?.issueNumber).toBe(made.issue.number);
  });

  test("a closing whose delivery was lost is reviewed", async () => {
    const made = await leaked();
    made.context.github.changeIssue(made.issue, "closed", ANN);
    await matchIssues(made.context, { kind: "match_issues", ...targetOf(made.repository) });
    await made.context.settle();
    expect(await stateOf(made)).toEqual(["rolled", "attested"]);
  });
});

test("opened again and killed before its issue was: the issue that Rollcall had closed follows", async () => {
  const made = await leaked();
  const leak = { reportRepositoryId: made.repository.id, fingerprint: made.key.fingerprint };
  await changeLeakState(made.context, leak, { from: "open", to: "rolled", actor: null, how: "verified" });
  made.context.github.changeIssue(made.issue, "closed", { login: "rollcall", type: "Bot", closer: null });
  await review(made);
  expect(made.issue.state).toBe("closed");
  await changeLeakState(made.context, leak, { from: "rolled", to: "open", actor: null, how: "found_again" });
  await review(made);
  expect(made.issue.state).toBe("open");
  expect(await stateOf(made)).toEqual(["open", "found_again"]);
  expect(comments(made)).toEqual([]);
});

test("an issue is gone, but its leak gets another one while GitHub is asked: that one stays", async () => {
  const made = await leaked();
  const { context, repository, key, issue } = made;
  context.github.deleteIssue(issue);
  const next = anIssue(context, repository, key);
  await context.record.repositories.setIssuesReadAt(repository.id, context.clock);
  context.github.hold = async (request) => {
    if (!request.endsWith(`/issues/${issue.number}`)) return;
    const opened = { repositoryId: repository.id, number: next.number, url: next.html_url, digest: null };
    await context.record.leaks.issueOpened(repository.id, [key.fingerprint], opened);
  };
  await review(made);
  await context.settle();
  expect(await context.record.leaks.all(repository.id)).toMatchObject([{ issueNumber: next.number }]);
  expect(context.github.issues).toHaveLength(1);
});
