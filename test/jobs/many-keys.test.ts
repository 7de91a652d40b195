import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { ActivityAnswer, CurrentRepository, Scope } from "../../src/domain/index.ts";
import { matchIssues } from "../../src/jobs/match-issues.ts";
import { verifyLeaks } from "../../src/jobs/verify-leaks.ts";
import { boxesOf } from "../../src/report/index.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { ANSWERS } from "../support/asked-stripe.ts";
import type { FakeIssue } from "../support/fake-github.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice } from "../support/notices.ts";
import { madeSecret } from "../support/reported.ts";
import { commitAnswer, fileAnswer, PARENT, SHA } from "../support/rest-answers.ts";

const LATER = "e5".repeat(20);
const HOUR_MS = 60 * 60_000;
const KEYS = 21;

interface Made {
  readonly context: FakeContext;
  readonly repository: CurrentRepository;
  readonly issue: FakeIssue;
  readonly keys: readonly string[];
  /** What Stripe says from now on. */
  readonly stripe: { answer: ActivityAnswer };
}

/** A push of 21 keys, which share one issue. */
async function manyKeys(seed: string, configuration = ""): Promise<Made> {
  const { secret } = madeSecret();
  const stripe: { answer: ActivityAnswer } = { answer: ANSWERS.accepted };
  const context = aContext({
    stripe: { activityOf: async () => stripe.answer },
    findKey: async () => secret,
  });
  const repository = aRepository();
  const keys = Array.from({ length: KEYS }, (_, index) => keyOf("sk_live_", `${seed}-${index}`));
  context.github.roles.set("ann", "write");
  context.github.files.set("acme/.github/.github/rollcall.yml", configuration);
  context.github.files.set("acme/shop/src/pay.ts", "the file");
  commits(context, SHA, PARENT, keys);
  await context.accept([aNotice(repository)]);
  await context.settle();
  const [issue, ...others] = context.github.issues;
  if (issue === undefined || others.length > 0) throw new Error("not one issue");
  return { context, repository, issue, keys, stripe };
}

function commits(context: FakeContext, sha: string, parent: string, keys: readonly string[]): void {
  const lines = keys.map((key) => `+stripe("${key}")`);
  const patch = [`@@ -0,0 +1,${keys.length} @@`, ...lines].join("\n");
  const file = fileAnswer({
    filename: "src/pay.ts",
    status: "added",
    sha: null,
    additions: keys.length,
    patch,
  });
  context.github.commits.set(sha, commitAnswer([file], { sha, parents: [{ sha: parent }] }));
}

/** Ticks the boxes of the first keys, whoever does it. */
function tick({ issue }: Made, count: number): readonly string[] {
  const ids = [...boxesOf(issue.body).keys()].slice(0, count);
  let left = count;
  issue.body = issue.body.replaceAll("- [ ] `", (line) => {
    left -= 1;
    return left >= 0 ? "- [x] `" : line;
  });
  return ids;
}

async function tickedBy(made: Made, login: string, count: number): Promise<void> {
  const { context, repository, issue } = made;
  const ticked = tick(made, count);
  await context.accept([
    { kind: "boxes_changed", repository, number: issue.number, login, ticked, unticked: [] },
  ]);
  await context.settle();
}

function comments({ issue }: Made): readonly string[] {
  return issue.comments.map(({ body }) => body);
}

function targetOf({ repository: { id: repositoryId, installationId } }: Made) {
  return { repositoryId, installationId };
}

async function states({ context, repository }: Made): Promise<ReadonlySet<string>> {
  return new Set((await context.record.leaks.all(repository.id)).map(({ state }) => state));
}

/** Asks about every key, as the sweep does. */
async function ask(made: Made): Promise<void> {
  const { context, repository } = made;
  const fingerprints = (await context.record.leaks.all(repository.id)).map(({ fingerprint }) => fingerprint);
  await verifyLeaks(context, { kind: "verify", ...targetOf(made), fingerprints, again: true });
}

describe("Stripe's answers", () => {
  test("all keys are dead: one comment names them, and the issue is closed", async () => {
    const made = await manyKeys("dead", "verify_keys: true\n");
    made.stripe.answer = ANSWERS.expired;
    await ask(made);
    expect(await states(made)).toEqual(new Set(["rolled"]));
    const [said = "", ...others] = comments(made);
    expect(others).toEqual([]);
    expect(said).toContain("21 keys are rolled. I close this issue");
    for (const { redacted } of await made.context.record.leaks.all(made.repository.id))
      expect(said).toContain(`- \`${redacted}\`: `);
    expect(made.issue.state).toBe("closed");
  });

  test("a comment whose answer is lost is not made again, and later answers are told", async () => {
    const made = await manyKeys("lost", "verify_keys: true\n");
    made.stripe.answer = ANSWERS.expired;
    const { github } = made.context;
    github.fault = (request) =>
      request.startsWith("POST") && request.endsWith("/comments") ? "after" : null;
    await expect(ask(made)).rejects.toMatchObject({ retryable: true });
    github.fault = () => null;
    expect(made.issue.state).toBe("open");
    await ask(made);
    expect(comments(made)).toHaveLength(1);
    expect(made.issue.state).toBe("closed");
  });

  test("keys that were ticked and still work: one comment names them, and their ticks are taken back", async () => {
    const made = await manyKeys("works", "verify_keys: true\n");
    made.stripe.answer = ANSWERS.unreachable;
    await tickedBy(made, "ann", 3);
    expect(await states(made)).toEqual(new Set(["open", "rolled"]));
    made.stripe.answer = ANSWERS.accepted;
    made.context.clock = new Date(made.context.clock.getTime() + HOUR_MS);
    await ask(made);
    expect(await states(made)).toEqual(new Set(["open"]));
    expect(comments(made)).toEqual([expect.stringContaining("3 keys were said to be rolled")]);
    expect(made.issue.body).not.toContain("- [x]");
  });
});

test("a commit that brings two ticked keys again: one comment names both", async () => {
  const made = await manyKeys("again");
  const { context, repository } = made;
  await tickedBy(made, "ann", 3);
  const rolled = (await context.record.leaks.all(repository.id)).filter(({ state }) => state === "rolled");
  const isRolled = (key: string): boolean => rolled.some(({ redacted }) => redacted.endsWith(key.slice(-4)));
  commits(context, LATER, SHA, made.keys.filter(isRolled).slice(0, 2));
  const scope: Scope = { kind: "push", ref: "refs/heads/main", before: SHA, after: LATER };
  const facts = { ...NO_FACTS, listedCommits: [LATER], commitCount: 1, previousHead: SHA };
  await context.accept([aNotice(repository, { scope, facts })]);
  await context.settle();
  const [said = "", ...others] = comments(made);
  expect(others).toEqual([]);
  expect(said).toContain("so these leaks are open again");
  expect(made.keys.map((key) => said.includes(key.slice(-4))).filter(Boolean)).toHaveLength(2);
  expect(made.issue.body.match(/- \[x\]/g)).toHaveLength(1);
});

test("a new place of an open key: the comment names that place", async () => {
  const made = await manyKeys("place");
  const { context, repository, keys } = made;
  context.clock = new Date(context.clock.getTime() + HOUR_MS);
  commits(context, LATER, SHA, keys.slice(-1));
  const scope: Scope = { kind: "push", ref: "refs/heads/main", before: SHA, after: LATER };
  const facts = { ...NO_FACTS, listedCommits: [LATER], commitCount: 1, previousHead: SHA };
  await context.accept([aNotice(repository, { scope, facts })]);
  await context.settle();
  const [said = "", ...others] = comments(made);
  expect(others).toEqual([]);
  expect(said).toContain("**1 more place**");
  expect(said).toContain(`/blob/${LATER}/`);
  expect(said).not.toContain(SHA);
});

describe("ticks whose delivery never came", () => {
  test("are taken back after an hour, because only the delivery says who set them", async () => {
    const made = await manyKeys("unheard");
    const { context, issue } = made;
    const job = { kind: "match_issues", ...targetOf(made) } as const;
    tick(made, 2);
    Object.assign(issue, { updated_at: context.clock.toISOString() });
    await matchIssues(context, job);
    await context.settle();
    expect(issue.body.match(/- \[x\]/g)).toHaveLength(2);
    context.clock = new Date(context.clock.getTime() + HOUR_MS);
    await matchIssues(context, job);
    await context.settle();
    expect(issue.body).not.toContain("- [x]");
    expect(await states(made)).toEqual(new Set(["open"]));
    expect(comments(made)).toEqual([expect.stringContaining("did not reach me")]);
    await matchIssues(context, job);
    await context.settle();
    expect(comments(made)).toHaveLength(1);
  });

  test("are left alone where the delivery came", async () => {
    const made = await manyKeys("heard");
    await tickedBy(made, "ann", 2);
    made.context.clock = new Date(made.context.clock.getTime() + 25 * HOUR_MS);
    await matchIssues(made.context, { kind: "match_issues", ...targetOf(made) });
    await made.context.settle();
    expect(made.issue.body.match(/- \[x\]/g)).toHaveLength(2);
    expect(comments(made)).toEqual([]);
  });
});
