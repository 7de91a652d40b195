import { describe, expect, test } from "vitest";
import { verifyJob } from "../../src/jobs/job.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { sweep } from "../../src/jobs/sweep.ts";
import { verifyLeaks } from "../../src/jobs/verify-leaks.ts";
import { anAskedLeak, ANSWERS } from "../support/asked-stripe.ts";
import { aRepository } from "../support/job-context.ts";
import { pastFinding } from "../support/past-findings.ts";
import { historyRead } from "../support/read-histories.ts";
import { HEAD } from "../support/reported.ts";
import { PULLS, PUSH } from "../support/scopes.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

type Grounds = keyof typeof ANSWERS;

/** Answers by what follows from them, where the key was not seen to work before. */
const ACTIVE: readonly Grounds[] = ["accepted", "ip_restricted", "permission_missing"];
const SILENT: readonly Grounds[] = [
  "invalid",
  "unreachable",
  "rate_limited",
  "stripe_failed",
  "not_stripe",
  "unexpected",
];

describe("an open leak", () => {
  test.each([...ACTIVE, ...SILENT])("stays open after the answer %s, and its issue too", async (grounds) => {
    const leak = await anAskedLeak();
    leak.answer = ANSWERS[grounds];
    await leak.ask();
    expect(await leak.state()).toBe("open");
    expect(leak.context.github.issues[0]?.state).toBe("open");
    expect(leak.comments()).toEqual([]);
    expect(await leak.activity()).toMatchObject({ answer: ANSWERS[grounds] });
  });

  test("is closed by Rollcall once Stripe says that the key is expired, with the time that it took", async () => {
    const leak = await anAskedLeak();
    leak.context.clock = new Date(leak.context.clock.getTime() + 3 * DAY_MS);
    leak.answer = ANSWERS.expired;
    await leak.ask();
    expect(await leak.state()).toBe("rolled");
    expect(leak.context.github.issues[0]?.state).toBe("closed");
    expect(leak.comments()).toMatchObject([
      expect.stringMatching(/is rolled\..*It took 3 days from the first sight/s),
    ]);
    const events = await leak.context.record.leaks.events(leak.repository.id, leak.finding.fingerprint);
    expect(events.at(-1)).toMatchObject({ from: "open", to: "rolled", actor: null, how: "verified" });
    expect((await leak.activity())?.nextAt).toBeNull();
  });

  test("is closed if Stripe no longer knows a key that it accepted before", async () => {
    const leak = await anAskedLeak();
    await leak.ask();
    leak.context.clock = new Date(leak.context.clock.getTime() + DAY_MS);
    leak.answer = ANSWERS.invalid;
    await leak.ask();
    expect(await leak.state()).toBe("rolled");
    expect(leak.comments()[0]).toContain("did not know it any more");
  });
});

describe("a leak that a person says is rolled", () => {
  test.each(ACTIVE)("is open again, kindly, after the answer %s", async (grounds) => {
    const leak = await anAskedLeak();
    await leak.attest();
    leak.answer = ANSWERS[grounds];
    await leak.ask();
    expect(await leak.state()).toBe("open");
    expect(leak.context.github.issues[0]?.state).toBe("open");
    expect(leak.comments()).toMatchObject([expect.stringContaining("**It still works.**")]);
  });

  test.each(SILENT)("stays rolled after the answer %s", async (grounds) => {
    const leak = await anAskedLeak();
    await leak.attest();
    leak.answer = ANSWERS[grounds];
    await leak.ask();
    expect(await leak.state()).toBe("rolled");
    expect(leak.context.github.issues[0]?.state).toBe("closed");
    expect(leak.comments()).toEqual([]);
  });

  test("is proven to be rolled by the answer expired", async () => {
    const leak = await anAskedLeak();
    await leak.attest();
    leak.answer = ANSWERS.expired;
    await leak.ask();
    const [row] = await leak.context.record.leaks.all(leak.repository.id);
    expect(row).toMatchObject({ state: "rolled", stateHow: "verified" });
  });
});

test.each(["accepted", "expired"] as const)("a dismissed leak is not asked about (%s)", async (grounds) => {
  const leak = await anAskedLeak();
  const key = { reportRepositoryId: leak.repository.id, fingerprint: leak.finding.fingerprint };
  await changeLeakState(leak.context, key, { from: "open", to: "dismissed", actor: "ann", how: "dismissed" });
  leak.answer = ANSWERS[grounds];
  await leak.ask();
  expect(leak.asked).toEqual([]);
  expect(await leak.state()).toBe("dismissed");
});

describe("Stripe is never asked", () => {
  const author = (login: string) => ({ scope: PULLS[0] ?? PUSH, trust: { kind: "author", login } as const });
  const merged = { scope: PUSH, trust: { kind: "writer", author: "stranger" } as const };
  const pushed = { scope: PUSH, trust: { kind: "writer" } as const };

  test.each([
    ["where the owner did not switch it on", { configuration: null }, "off"],
    [
      "where the owner's file has a mistake",
      { configuration: "verify_keys: true\nmode: sometimes\n" },
      "off",
    ],
    ["about an organization key", { finding: { kind: "organization_key" as const } }, "kind"],
    ["about a webhook secret", { finding: { kind: "webhook_secret" as const, mode: null } }, "kind"],
    ["about a key that was joined from pieces", { finding: { encoding: "joined" as const } }, "guessed"],
    ["about a match of low confidence", { finding: { confidence: "low" as const } }, "guessed"],
    [
      "about another account than the owner names",
      { configuration: "verify_keys: true\nverify_accounts: [acct_1AnotherAccount0]\n" },
      "account",
    ],
    [
      "about a key that names no account, where the owner names some",
      {
        configuration: "verify_keys: true\nverify_accounts: [acct_1AnotherAccount0]\n",
        finding: { account: null },
      },
      "account",
    ],
    ["about a key that a stranger pushed", { scopes: [author("stranger")] }, "untrusted"],
    ["about a stranger's key that was merged", { scopes: [author("stranger"), pushed] }, "untrusted"],
    ["about a stranger's key if only the merge is on record", { scopes: [merged] }, "untrusted"],
    [
      "where nobody is known to have pushed the key",
      { scopes: [{ ...pushed, trust: { kind: "nobody" as const } }] },
      "unknown_pusher",
    ],
    ["about a leak whose issue is public", { repository: { private: false } }, "public"],
  ])("%s", async (_name, options, unasked) => {
    const leak = await anAskedLeak(options);
    leak.context.github.roles.set("ann", "write");
    await leak.ask();
    expect(leak.asked).toEqual([]);
    expect(await leak.activity()).toMatchObject({ answer: null, unasked });
    expect(await leak.state()).toBe("open");
  });

  test("but it is about a stranger's pull request of a branch that a writer pushed", async () => {
    const trust = { kind: "author", login: "stranger", inRepository: true } as const;
    const leak = await anAskedLeak({ scopes: [pushed, { scope: PULLS[0] ?? PUSH, trust }] });
    await leak.ask();
    expect(leak.asked).toHaveLength(1);
  });

  test("but it is about the key of an author who can write, and of the account that the owner names", async () => {
    const leak = await anAskedLeak({
      scopes: [author("ann")],
      configuration: "verify_keys: true\nverify_accounts: [acct_1Mq4sTeYJ0aBcDeF]\n",
    });
    leak.context.github.roles.set("ann", "write");
    await leak.ask();
    expect(leak.asked).toHaveLength(1);
  });
});

test("an old answer is shown no more once the owner switches it off, and that the key worked stays known", async () => {
  const leak = await anAskedLeak();
  await leak.ask();
  leak.context.github.files.delete("acme/.github/.github/rollcall.yml");
  leak.context.clock = new Date(leak.context.clock.getTime() + DAY_MS);
  await leak.ask();
  expect(leak.asked).toHaveLength(1);
  const activity = await leak.activity();
  expect(activity).toMatchObject({ answer: null, unasked: "off" });
  expect(activity?.seenActiveAt).not.toBeNull();
});

test("a commit that is gone is said to be, and Stripe is asked no more", async () => {
  const leak = await anAskedLeak({ commitExists: false, commitIsGone: true });
  await leak.ask();
  expect(leak.asked).toEqual([]);
  expect(await leak.activity()).toMatchObject({
    answer: { activity: "unknown", grounds: "commit_gone" },
    nextAt: null,
  });
});

test("a commit that cannot be read this time is tried again", async () => {
  const leak = await anAskedLeak({ commitExists: false });
  await leak.ask();
  expect(await leak.activity()).toMatchObject({ answer: { grounds: "not_read" } });
  expect((await leak.activity())?.nextAt).not.toBeNull();
});

test("Stripe is asked once a day, by the sweep, until the key is dead", async () => {
  const leak = await anAskedLeak();
  const { context } = leak;
  const day = async (): Promise<void> => {
    await sweep(context);
    await context.settle();
    context.clock = new Date(context.clock.getTime() + DAY_MS);
  };
  await day();
  await day();
  await sweep(context);
  await context.settle();
  expect(leak.asked).toHaveLength(3);
  await sweep(context);
  await context.settle();
  expect(leak.asked).toHaveLength(3);
  context.clock = new Date(context.clock.getTime() + DAY_MS);
  leak.answer = ANSWERS.expired;
  await day();
  await day();
  await day();
  expect(leak.asked).toHaveLength(4);
});

test("a first answer that proves nothing is followed by another question within the hour", async () => {
  const leak = await anAskedLeak();
  leak.answer = ANSWERS.unreachable;
  await leak.ask();
  const { askedAt = null, nextAt = null } = (await leak.activity()) ?? {};
  expect((nextAt?.getTime() ?? 0) - (askedAt?.getTime() ?? 0)).toBe(HOUR_MS);
});

test("a process that is killed between the record and the issue closes the issue when it comes back, and says so once", async () => {
  const leak = await anAskedLeak();
  const { context } = leak;
  leak.answer = ANSWERS.expired;
  for (const failing of ["/comments", "PATCH /repos/acme/shop/issues"]) {
    context.github.fault = (request) => (request.includes(failing) ? "after" : null);
    await expect(leak.ask()).rejects.toThrow(/GitHub/);
  }
  context.github.fault = () => null;
  expect(await context.record.activities.due(context.clock, 9, leak.repository.id)).toHaveLength(1);
  await verifyLeaks(context, {
    kind: "verify",
    repositoryId: leak.repository.id,
    installationId: 5,
    fingerprints: null,
    again: false,
  });
  expect(context.github.issues[0]?.state).toBe("closed");
  expect(leak.comments()).toHaveLength(1);
  expect((await leak.activity())?.nextAt).toBeNull();
});

test("checks that show the key are published again when the answer changes, and only then", async () => {
  const leak = await anAskedLeak();
  const { context, repository } = leak;
  await context.settle();
  await leak.ask();
  await context.settle();
  expect(context.github.current(HEAD)?.summary).toContain("**It still works.**");
  const before = await context.record.checks.find(repository.id, HEAD);
  context.clock = new Date(context.clock.getTime() + DAY_MS);
  await leak.ask();
  expect(await context.record.checks.find(repository.id, HEAD)).toEqual(before);
});

test("neither the record, nor a job, a comment, a check or an error holds the key", async () => {
  const leak = await anAskedLeak();
  const { context } = leak;
  for (const answer of Object.values(ANSWERS)) {
    leak.answer = answer;
    await leak.ask();
    await context.settle();
  }
  const written = JSON.stringify([
    context.queue.all(),
    context.github.runs,
    context.github.issues,
    context.github.comments(),
    await context.record.leaks.all(leak.repository.id),
    await leak.activity(),
    context.github.requests,
  ]);
  expect(leak.asked.length).toBeGreaterThan(5);
  expect(written).not.toContain(leak.secret.text.slice(26, 60));
  expect(JSON.stringify(leak.asked)).not.toContain(leak.secret.text.slice(26, 60));
});

test("two repositories that share a leak never ask at the same time: its issue would be told twice", () => {
  const [one, two] = [aRepository(), aRepository()].map(({ id: repositoryId, installationId }) =>
    verifyJob({ repositoryId, installationId }, { fingerprints: null, again: false }, "sweep 1"),
  );
  expect(one?.exclusiveKey).toBe(two?.exclusiveKey);
  expect(one?.id).not.toBe(two?.id);
});

test("a rolled key whose issue a person deleted is open again if it still works", async () => {
  const leak = await anAskedLeak();
  await leak.attest();
  await leak.context.record.leaks.issueGone(leak.repository.id, [leak.finding.fingerprint]);
  await leak.ask();
  expect(await leak.state()).toBe("open");
  expect(leak.comments()).toEqual([]);
  expect((await leak.activity())?.nextAt).toEqual(new Date(leak.context.clock.getTime() + DAY_MS));
});

describe("a key that only the history holds", () => {
  test.each([
    [["writer"], 1],
    [["stranger"], 0],
    [["unknown"], 0],
    // One person without write access is enough, as for pushes.
    [["writer", "stranger"], 0],
  ] as const)("brought by %j: Stripe is asked %i times", async (trusts, times) => {
    const leak = await anAskedLeak({ scopes: [] });
    const { context, repository, finding } = leak;
    const past = trusts.map((trust, index) => pastFinding({ ...finding, path: `${index}.ts` }, { trust }));
    await historyRead(context, { ...repository, installationId: aRepository().installationId }, past);
    for (const path of ["0.ts", "1.ts"]) context.github.files.set(`acme/shop/${path}`, "the file");
    await leak.ask();
    expect(leak.asked).toHaveLength(times);
  });
});

test.each(["attested", "open"])(
  "an issue whose deletion was not heard of holds nothing up: %s",
  async (is) => {
    const leak = await anAskedLeak();
    if (is === "attested") await leak.attest();
    const [issue] = leak.context.github.issues;
    if (issue === undefined) throw new Error("no issue");
    leak.context.github.deleteIssue(issue);
    if (is === "open") leak.answer = ANSWERS.expired;
    await leak.ask();
    expect(await leak.state()).toBe(is === "open" ? "rolled" : "open");
    await leak.context.settle();
    expect(leak.context.github.issues).toHaveLength(is === "open" ? 0 : 1);
  },
);
