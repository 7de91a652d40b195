import { expect, test } from "vitest";
import { takeTurn } from "../../src/jobs/check-turn.ts";
import type { CheckTurn } from "../../src/jobs/check-turn.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import { HEAD } from "../support/reported.ts";
import { finished, PUSH } from "../support/scopes.ts";

const CLAIM_MS = 15_000;

/** A writer that waits for GitHub until its claim is over, while another writer claims the check. */
async function overtaken(then: "settles" | "writes") {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  const { checks } = context.record;
  let rounds = 0;
  const write = async ({ check }: CheckTurn): Promise<string> => {
    rounds += 1;
    if (rounds > 3) throw new Error("It goes round and round.");
    if (rounds > 1) return "written";
    context.clock = new Date(context.clock.getTime() + CLAIM_MS + 1);
    const until = new Date(context.clock.getTime() + CLAIM_MS);
    expect(await checks.claim(repository.id, HEAD, "another", context.clock, until)).toBe(true);
    if (then === "settles") await checks.settle(repository.id, HEAD, "another", check.wanted);
    return "written";
  };
  return { rounds: () => rounds, done: takeTurn(context, repository.id, HEAD, write) };
}

test("a writer whose check another one settled meanwhile looks once more, and ends", async () => {
  const { done, rounds } = await overtaken("settles");
  expect(await done).toBe("written");
  expect(rounds()).toBe(2);
});

test("a writer whose check another one is writing leaves it to that one", async () => {
  const { done, rounds } = await overtaken("writes");
  await expect(done).rejects.toMatchObject({ retry: "soon" });
  expect(rounds()).toBe(1);
});
