import { expect, test } from "vitest";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { buryJob, runJob } from "../../src/jobs/index.ts";
import { sweep } from "../../src/jobs/sweep.ts";
import { NotifyError } from "../../src/notify/index.ts";
import type { Message, Webhook } from "../../src/notify/index.ts";
import { leakMessageSchema } from "../../src/report/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const MINUTE = 60_000;

/** A webhook that keeps what it got; `fails` decides over each attempt. */
class FakeWebhook implements Webhook {
  readonly attempts: Message[] = [];
  readonly got: Message[] = [];
  fails: () => boolean = () => false;

  async send(message: Message): Promise<void> {
    this.attempts.push(message);
    if (this.fails()) throw new NotifyError("unreachable", "The webhook of NOTIFY_URL could not be reached.");
    this.got.push(message);
  }

  types(): string[] {
    return this.got.map(({ body }) => leakMessageSchema.parse(JSON.parse(body)).type);
  }
}

/** A leak on record, with its issue unless told. */
async function leaked(context: FakeContext, options: { readonly filed?: boolean } = {}) {
  const repository = aRepository();
  const finding = madeFinding();
  await context.record.repositories.note(repository);
  const leak = { leak: finding, reportRepositoryId: repository.id, locations: [finding] };
  await context.record.leaks.add(repository.id, [leak], context.clock);
  const issue = {
    repositoryId: repository.id,
    number: 3,
    url: "https://github.com/acme/shop/issues/3",
    digest: null,
  };
  if (options.filed !== false)
    await context.record.leaks.issueOpened(repository.id, [finding.fingerprint], issue);
  const key = { reportRepositoryId: repository.id, fingerprint: finding.fingerprint };
  const job = { kind: "notify", repositoryId: repository.id, fingerprint: finding.fingerprint } as const;
  return { repository, finding, key, job };
}

const ROLLED = { from: "open", to: "rolled", actor: "ann", how: "attested" } as const;

test("each change of a leak is one message, in order", async () => {
  const webhook = new FakeWebhook();
  const context = aContext({ webhook });
  const { key, job } = await leaked(context);
  await changeLeakState(context, key, ROLLED);
  await changeLeakState(context, key, { from: "rolled", to: "open", actor: "bob", how: "reopened" });
  await changeLeakState(context, key, { from: "open", to: "dismissed", actor: "cid", how: "dismissed" });
  await runJob(context, job);
  await runJob(context, job);
  expect(webhook.types()).toEqual(["leak.opened", "leak.rolled", "leak.reopened", "leak.dismissed"]);
  expect(new Set(webhook.got.map(({ id }) => id)).size).toBe(4);
});

test("a change stores the job that tells of it, and the sweep finds what was left", async () => {
  const webhook = new FakeWebhook();
  const context = aContext({ webhook });
  const { key } = await leaked(context);
  await changeLeakState(context, key, ROLLED);
  expect(context.queue.all().filter(({ job }) => job.kind === "notify")).toHaveLength(1);
  await leaked(context);
  await sweep(context);
  await context.settle();
  expect(webhook.types().toSorted()).toEqual(["leak.opened", "leak.opened", "leak.rolled"]);
});

test("a message that failed comes again with the same id and text, and later ones wait for it", async () => {
  const webhook = new FakeWebhook();
  const context = aContext({ webhook });
  const { key, job } = await leaked(context);
  await changeLeakState(context, key, ROLLED);
  webhook.fails = () => true;
  await expect(runJob(context, job)).rejects.toMatchObject({ retry: "soon" });
  webhook.fails = () => false;
  await runJob(context, job);
  const [failed, again] = webhook.attempts;
  expect(again).toEqual(failed);
  expect(webhook.types()).toEqual(["leak.opened", "leak.rolled"]);
});

test("a kill between the answer and the record: the receiver gets the same id twice", async () => {
  const webhook = new FakeWebhook();
  let alive = false;
  const context = aContext({
    webhook,
    record: (record) => ({
      ...record,
      outbox: {
        ...record.outbox,
        waiting: (limit) => record.outbox.waiting(limit),
        changes: (id, fingerprint) => record.outbox.changes(id, fingerprint),
        toldAll: (at) => record.outbox.toldAll(at),
        async told(numbers, at) {
          if (!alive) throw new Error("killed");
          await record.outbox.told(numbers, at);
        },
      },
    }),
  });
  const { job } = await leaked(context);
  await expect(runJob(context, job)).rejects.toThrow("killed");
  alive = true;
  await runJob(context, job);
  expect(new Set(webhook.got.map(({ id }) => id)).size).toBe(1);
  expect(webhook.got).toHaveLength(2);
});

test("the message of a new leak waits for its issue, but not for ever", async () => {
  const webhook = new FakeWebhook();
  const context = aContext({ webhook });
  const { job } = await leaked(context, { filed: false });
  await runJob(context, job);
  expect(webhook.got).toEqual([]);
  context.clock = new Date(context.clock.getTime() + 10 * MINUTE);
  await runJob(context, job);
  expect(webhook.types()).toEqual(["leak.opened"]);
});

test("without a webhook nothing piles up for one that is set later", async () => {
  const context = aContext();
  const { key } = await leaked(context);
  await changeLeakState(context, key, ROLLED);
  expect(context.queue.all().filter(({ job }) => job.kind === "notify")).toEqual([]);
  await sweep(context);
  expect(await context.record.outbox.waiting(9)).toEqual([]);
});

test("a message that could not be delivered for three days is given up, and newer ones are not", async () => {
  const webhook = new FakeWebhook();
  webhook.fails = () => true;
  const context = aContext({ webhook });
  const { key, job } = await leaked(context);
  context.clock = new Date(context.clock.getTime() + 73 * 60 * MINUTE);
  await changeLeakState(context, key, ROLLED);
  await buryJob(context, job, "It could not be reached.");
  webhook.fails = () => false;
  await runJob(context, job);
  expect(webhook.types()).toEqual(["leak.rolled"]);
});

test("a key in two repositories is one leak that is told once, with both names", async () => {
  const webhook = new FakeWebhook();
  const context = aContext({ webhook });
  const { key, finding, job } = await leaked(context);
  const web = aRepository({ name: "web" });
  await context.record.repositories.note(web);
  const leak = { leak: finding, reportRepositoryId: key.reportRepositoryId, locations: [finding] };
  await context.record.leaks.add(web.id, [leak], context.clock);
  await changeLeakState(context, key, ROLLED);
  await runJob(context, job);
  expect(webhook.types()).toEqual(["leak.opened", "leak.rolled"]);
  expect(webhook.got[1]?.body).toContain('"repositories":["acme/shop","acme/web"]');
});
