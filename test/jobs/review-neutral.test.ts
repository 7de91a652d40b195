import { expect, test } from "vitest";
import type { CurrentRepository } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { matchIssues } from "../../src/jobs/match-issues.ts";
import { placeLeaks } from "../../src/jobs/place-leaks.ts";
import { issuePlaceOf } from "../../src/jobs/issue-place.ts";
import { reviewIssue } from "../../src/jobs/review-issue.ts";
import type { FakeChange, FakeIssue } from "../support/fake-github.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const DAY_MS = 24 * 60 * 60_000;

type By = Omit<FakeChange, "kind" | "id">;

const MAX: By = { login: "max", type: "User", closer: null };
const COMMIT: By = { ...MAX, closer: "Commit" };
const APP: By = { login: "stale-app", type: "Bot", closer: null };

interface Made {
  readonly context: FakeContext;
  readonly repository: CurrentRepository;
  readonly neutral: FakeIssue;
  readonly fingerprint: string;
}

let places = 990_000;

/** A public repository with a leak whose issue is in the owner's private place. Max maintains both. */
async function aPublicLeak(): Promise<Made> {
  const [context, repository, leak] = [aContext(), aRepository({ private: false }), madeFinding()];
  places += 1;
  const security = {
    id: places,
    name: "security",
    owner: { login: "acme" },
    private: true,
    default_branch: "main",
  };
  context.github.files.set("acme/.github/.github/rollcall.yml", "issues:\n  repository: acme/security\n");
  context.github.named.set("acme/security", security);
  context.github.roles.set("max", "maintain");
  await context.record.repositories.note(repository);
  const place = await issuePlaceOf(context, repository);
  const added = { leak, reportRepositoryId: place.details[0]?.id ?? 0, locations: [leak] };
  await context.record.leaks.add(repository.id, [added], context.clock);
  await placeLeaks(context, repository, place);
  const neutral = context.github.issues.find(({ repository: name }) => name === "acme/shop");
  if (neutral === undefined) throw new Error("no neutral issue");
  return { context, repository, neutral, fingerprint: leak.fingerprint };
}

async function closed(made: Made, by: By, reason = "completed"): Promise<void> {
  const { context, repository, neutral } = made;
  context.github.changeIssue(neutral, "closed", by, reason);
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await reviewIssue(context, { ...target, number: neutral.number });
}

function comments({ context, neutral }: Made): readonly string[] {
  const said = context.github.comments().filter(({ issue }) => issue === neutral.number);
  return said.map(({ body }) => body);
}

test.each<[string, By, string, "open" | "closed", string | null]>([
  ["a maintainer as completed", MAX, "completed", "closed", null],
  ["a maintainer as not planned", MAX, "not_planned", "closed", null],
  ["a maintainer as a duplicate", MAX, "duplicate", "open", "it cannot be a duplicate"],
  ["a stranger", { ...MAX, login: "stranger" }, "completed", "open", "the role `write` or above"],
  ["a commit", COMMIT, "completed", "open", "a changed file does not end a leak"],
  ["another app", APP, "completed", "open", "an app closed it"],
])("with a private place, the neutral issue closed by %s", async (_name, by, reason, state, said) => {
  const made = await aPublicLeak();
  await closed(made, by, reason);
  expect(made.neutral.state).toBe(state);
  expect(comments(made)).toHaveLength(said === null ? 0 : 1);
  expect(comments(made).join()).toContain(said ?? "");
  expect(await made.context.record.leaks.all(made.repository.id)).toMatchObject([{ state: "open" }]);
});

test.each<By>([MAX, COMMIT])("whether its keys still work makes no difference: closed by %o", async (by) => {
  const [open, dead] = [await aPublicLeak(), await aPublicLeak()];
  const [leak] = await dead.context.record.leaks.all(dead.repository.id);
  if (leak === undefined) throw new Error("no leak");
  await changeLeakState(dead.context, leak, { from: "open", to: "rolled", actor: null, how: "verified" });
  for (const made of [open, dead]) await closed(made, by);
  expect(dead.neutral.state).toBe(open.neutral.state);
  expect(comments(dead)).toEqual(comments(open));
});

test("an app that insists is undone five times a day, is told once, and undone again a day later", async () => {
  const made = await aPublicLeak();
  const { context, neutral, repository } = made;
  // The fake's events have this time.
  expect(context.clock).toEqual(new Date("2026-11-21T12:00:00Z"));
  for (let round = 1; round <= 6; round += 1) await closed(made, APP);
  expect(neutral.state).toBe("closed");
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await reviewIssue(context, { ...target, number: neutral.number });
  expect(comments(made)).toEqual([
    expect.stringContaining("an app closed it"),
    expect.stringContaining(
      "reopened this 5 times within a day, so I leave it closed until 2026-11-22 12:00 UTC",
    ),
  ]);
  context.clock = new Date(context.clock.getTime() + DAY_MS + 1);
  await context.settle();
  expect(neutral.state).toBe("open");
  expect(comments(made)).toHaveLength(2);
});

test("a closing whose delivery was lost is found by the daily look, and an old one is left alone", async () => {
  const made = await aPublicLeak();
  const { context, neutral, repository } = made;
  const job = {
    kind: "match_issues",
    repositoryId: repository.id,
    installationId: repository.installationId,
  } as const;
  context.github.changeIssue(neutral, "closed", COMMIT);
  expect(await context.record.repositories.toMatch(context.clock, 10_000)).toContain(repository.id);
  await matchIssues(context, job);
  await context.settle();
  expect(neutral.state).toBe("open");
  // Max has lost the role since.
  await closed(made, MAX);
  Object.assign(neutral, { closed_at: context.clock.toISOString() });
  context.github.roles.set("max", "read");
  for (const days of [1, 2]) {
    context.clock = new Date(context.clock.getTime() + days * DAY_MS);
    await context.record.repositories.setIssuesReadAt(repository.id, context.clock);
    await matchIssues(context, job);
    await context.settle();
  }
  expect(neutral.state).toBe("closed");
});
