import { setTimeout as wait } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { Person } from "../support/kills/load.ts";
import { Stage } from "../support/kills/stage.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How often each sort of thing is killed. */
    kills: number;
  }
}

const PEOPLE = 4;
/** Up to this long after everything runs again, the next one is killed. */
const MAX_PAUSE_MS = 2500;
/** The app asks only for deliveries again that are older. */
const SETTLED_MS = 65_000;
/** Only to end a test that hangs. */
const HANGS_MS = 7_200_000;

/** Kills under load. @returns what is wrong in the end */
async function wrongAfter(
  processes: number,
  kill: (stage: Stage) => Promise<void>,
): Promise<readonly string[]> {
  const stage = await Stage.open(processes);
  try {
    const names = Array.from({ length: PEOPLE }, (_, index) => `shop-${index}`);
    const people = await Promise.all(names.map((name) => Person.begin(stage.github, stage.directory, name)));
    let goesOn = true;
    const work = Promise.all(people.map((person) => person.work(() => goesOn)));
    for (let count = 0; count < inject("kills"); count += 1) {
      await wait(Math.random() * MAX_PAUSE_MS);
      await kill(stage);
    }
    goesOn = false;
    await work;
    const failed = stage.github.deliveries.filter(({ statusCode }) => statusCode !== 200).length;
    await wait(SETTLED_MS);
    await stage.restart();
    const unsettled = (): readonly string[] => people.flatMap((person) => person.unsettled());
    await stage.github
      .until(() => unsettled().length === 0, "every check and issue", HANGS_MS / 3)
      .catch(() => undefined);
    await wait(5000);
    const heads = people.reduce((sum, person) => sum + person.heads.size, 0);
    const keys = people.reduce((sum, person) => sum + person.keys, 0);
    console.log(
      `${inject("kills")} kills: ${heads} heads, ${keys} keys, ${stage.github.deliveries.length} deliveries, ${failed} not accepted at first`,
    );
    if (unsettled().length > 0) console.log(stage.log.problems().slice(-30).join("\n"));
    return [
      ...unsettled(),
      ...people.flatMap((person) => [...person.wrong].map((head) => `${head} was green over a key`)),
      ...stage.github.violations.map(({ message }) => `not as GitHub describes it: ${message}`),
    ];
  } finally {
    await stage.close();
  }
}

test(
  "the process is killed at random moments: no wrong verdict, nothing lost, nothing doubled",
  async () => expect(await wrongAfter(1, (stage) => stage.killProcess())).toEqual([]),
  HANGS_MS,
);

test(
  "the embedded server is killed at random moments: no wrong verdict, nothing lost, nothing doubled",
  async () => expect(await wrongAfter(1, (stage) => stage.killServer())).toEqual([]),
  HANGS_MS,
);

test(
  "three processes over one server are killed in turn: no wrong verdict, nothing lost, nothing doubled",
  async () => expect(await wrongAfter(3, (stage) => stage.killProcess())).toEqual([]),
  HANGS_MS,
);
