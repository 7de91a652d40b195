import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { GitHubError } from "../../src/github/index.ts";
import { createQueue } from "../../src/jobs/index.ts";
import type { Job, Queue, RetryPolicy } from "../../src/jobs/index.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";
import { aJob, numberOf } from "../support/jobs.ts";

const NO_WAIT: RetryPolicy = { limit: 2, delaySeconds: 0, delayMaxSeconds: 1 };

class Passing extends Error {
  readonly retryable = true;
}
class Final extends Error {
  readonly retryable = false;
}

/** Notes what a queue does, and lets a test wait for it. */
class Notes {
  readonly handled: number[] = [];
  readonly buried: { number: number; problem: string }[] = [];
  #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  note(): void {
    for (const { until, resolve } of this.#waiting) if (until()) resolve();
    this.#waiting = this.#waiting.filter(({ until }) => !until());
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ until: condition, resolve }));
  }
}

interface Made {
  readonly queue: Queue;
  readonly notes: Notes;
  readonly database: Database;
}

async function aQueue(
  work: (job: Job) => Promise<void>,
  options: {
    readonly workers?: number;
    readonly perInstallation?: number;
    readonly bury?: () => Promise<void>;
    readonly pollSeconds?: number;
  } = {},
): Promise<Made> {
  const database = await openDatabase(null);
  const notes = new Notes();
  const queue = await createQueue({
    db: database.forQueue,
    log: createLog("silent"),
    retry: NO_WAIT,
    pollSeconds: options.pollSeconds ?? 0.5,
    workers: options.workers ?? 2,
    workersPerInstallation: options.perInstallation ?? 1,
    async handle(job) {
      notes.handled.push(numberOf(job));
      notes.note();
      await work(job);
    },
    async bury(job, problem) {
      notes.buried.push({ number: numberOf(job), problem });
      notes.note();
      await options.bury?.();
    },
  });
  onTestFinished(async () => {
    await queue.stop(1000);
    await database.close();
  });
  return { queue, notes, database };
}

test("a job begins when it is added, without any poll", async () => {
  const { queue, notes } = await aQueue(async () => {}, { pollSeconds: 600 });
  await queue.start();
  for (let number = 1; number <= 10; number += 1) {
    await queue.add(`delivery ${number}`, [aJob(number)]);
    await notes.until(() => notes.handled.length === number);
  }
  expect(notes.handled).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("what was added before the start is done after it", async () => {
  const { queue, notes } = await aQueue(async () => {});
  await queue.add("early", [aJob(1), aJob(2)]);
  await queue.start();
  await notes.until(() => notes.handled.length === 2);
  expect(new Set(notes.handled)).toEqual(new Set([1, 2]));
});

test("the same delivery twice is done once; its parts and other deliveries each", async () => {
  const { queue, notes } = await aQueue(async () => {});
  await queue.add("a", [aJob(1), aJob(2)]);
  await queue.add("a", [aJob(1), aJob(2)]);
  await queue.add("b", [aJob(3)]);
  await queue.start();
  await notes.until(() => notes.handled.includes(3) && notes.handled.length >= 3);
  await queue.add("a", [aJob(1), aJob(2)]);
  await queue.add("c", [aJob(4)]);
  await notes.until(() => notes.handled.includes(4));
  expect(new Set(notes.handled)).toEqual(new Set([1, 2, 3, 4]));
  expect(notes.handled).toHaveLength(4);
});

test("an error that may pass is tried again until it does", async () => {
  let failures = 2;
  const { queue, notes } = await aQueue(async () => {
    failures -= 1;
    if (failures >= 0) throw new Passing("later");
  });
  await queue.start();
  await queue.add("a", [aJob(1)]);
  await notes.until(() => notes.handled.length === 3);
  await queue.add("b", [aJob(2)]);
  await notes.until(() => notes.handled.includes(2));
  expect(notes.buried).toEqual([]);
});

test("an error that does not pass in all its tries is buried", async () => {
  const { queue, notes } = await aQueue(async () => {
    throw new Passing("GitHub is away.");
  });
  await queue.start();
  await queue.add("a", [aJob(1)]);
  await notes.until(() => notes.buried.length === 1);
  expect(notes.handled).toEqual([1, 1, 1]);
  expect(notes.buried).toMatchObject([{ number: 1 }]);
});

test.each([
  ["final", new Final("The repository is gone."), "The repository is gone."],
  ["unknown", new TypeError("x is not a function, and a secret"), "unexpected error"],
])(
  "an error that is %s is buried after one try, in words that hold no secret",
  async (_name, error, words) => {
    const { queue, notes } = await aQueue(async () => {
      throw error;
    });
    await queue.start();
    await queue.add("a", [aJob(1)]);
    await notes.until(() => notes.buried.length === 1);
    expect(notes.handled).toEqual([1]);
    expect(notes.buried[0]?.problem).toContain(words);
    expect(notes.buried[0]?.problem).not.toContain("secret");
  },
);

test.each([
  ["may pass", new Passing("away"), 2],
  ["is final", new Final("archived"), 1],
])("a burial whose error %s is tried as often as that makes sense", async (_name, error, times) => {
  let burials = 0;
  const { queue, notes } = await aQueue(
    async (job) => {
      if (numberOf(job) === 1) throw new Final("no");
    },
    {
      bury: async () => {
        burials += 1;
        if (burials === 1) throw error;
      },
    },
  );
  await queue.start();
  await queue.add("a", [aJob(1)]);
  await notes.until(() => notes.buried.length === times);
  await queue.add("b", [aJob(2)]);
  await notes.until(() => notes.handled.includes(2));
  expect(notes.buried).toHaveLength(times);
});

test("a busy installation leaves a worker to the others", async () => {
  const held = Promise.withResolvers<void>();
  const { queue, notes } = await aQueue((job) => (numberOf(job) < 100 ? held.promise : Promise.resolve()), {
    workers: 3,
    perInstallation: 2,
    pollSeconds: 600,
  });
  await queue.start();
  await queue.add(
    "busy",
    Array.from({ length: 30 }, (_, number) => aJob(number, 5)),
  );
  await notes.until(() => notes.handled.length === 2);
  await queue.add("other", [aJob(100, 6)]);
  await notes.until(() => notes.handled.includes(100));
  expect(notes.handled).toHaveLength(3);
  held.resolve();
  await notes.until(() => notes.handled.length === 31);
});

test("a stop waits for what runs", async () => {
  const running = Promise.withResolvers<void>();
  let done = false;
  const { queue, notes } = await aQueue(async () => {
    await running.promise;
    done = true;
  });
  await queue.start();
  await queue.add("a", [aJob(1)]);
  await notes.until(() => notes.handled.length === 1);
  const stopped = queue.stop(10_000);
  running.resolve();
  await stopped;
  expect(done).toBe(true);
});

test("a job that met GitHub's rate limit begins again when the limit allows, and not within it", async () => {
  const limited = new GitHubError("rate_limited", "limit", { status: 403, retryAfterSeconds: 1800 });
  const { queue, notes, database } = await aQueue(async (job) => {
    if (numberOf(job) === 1) throw limited;
  });
  await queue.start();
  await queue.add("limited", [aJob(1)]);
  await notes.until(() => notes.handled.includes(1));
  await queue.add("next", [aJob(2)]);
  await notes.until(() => notes.handled.includes(2));
  await queue.stop(1000);
  const jobs = await database.rows(
    z.object({ state: z.string(), seconds: z.number() }),
    "SELECT state::text, extract(epoch FROM start_after - now())::float8 AS seconds FROM queue.job WHERE name = 'work' AND state <> 'completed'",
  );
  expect(jobs).toMatchObject([{ state: "retry" }]);
  expect(jobs[0]?.seconds).toBeGreaterThan(1700);
  expect(notes.handled.filter((number) => number === 1)).toHaveLength(1);
});

test("a stored job that this version does not know is left out, and the next one is done", async () => {
  const { queue, notes, database } = await aQueue(async () => {});
  await queue.add("old", [aJob(1)]);
  await database.run("UPDATE queue.job SET data = '{\"kind\":\"of old\"}' WHERE name = 'work'");
  await queue.add("new", [aJob(2)]);
  await queue.start();
  await notes.until(() => notes.handled.includes(2));
  await queue.stop(1000);
  expect(notes).toMatchObject({ handled: [2], buried: [] });
});
