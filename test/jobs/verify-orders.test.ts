import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isKnownActive, isKnownDead, NEVER_ASKED } from "../../src/domain/index.ts";
import { verifyLeaks } from "../../src/jobs/verify-leaks.ts";
import { anAskedLeak, ANSWERS } from "../support/asked-stripe.ts";

/**
 * For any order of answers, closings, and requests to GitHub that fail before or after their effect: the leak ends in the
 * state that the last answer asks for, its issue agrees, each comment is made once, and the key is written nowhere.
 */

const anAnswer = fc.constantFrom(...Object.values(ANSWERS));
const aStep = fc.oneof(
  fc.record({ kind: fc.constant("ask" as const), answer: anAnswer, failing: fc.option(fc.nat(6)) }),
  fc.record({ kind: fc.constant("attest" as const) }),
);

test("whatever fails in between, state, issue and record agree with the last answer in the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aStep, { maxLength: 6 }),
      anAnswer,
      fc.boolean(),
      async (steps, last, after) => {
        const leak = await anAskedLeak();
        const { context, repository } = leak;
        const [issue] = context.github.issues;
        for (const step of steps) {
          context.clock = new Date(context.clock.getTime() + 60 * 60_000);
          if (step.kind === "attest") {
            if ((await leak.state()) === "open") await leak.attest();
            continue;
          }
          leak.answer = step.answer;
          const first = context.github.requests.length;
          const fault = after ? "after" : "before";
          context.github.fault = (request, index) =>
            step.failing !== null && index === first + step.failing && request.includes("/issues")
              ? fault
              : null;
          await leak.ask().catch(() => {});
          context.github.fault = () => null;
        }
        context.clock = new Date(context.clock.getTime() + 60 * 60_000);
        leak.answer = last;
        await leak.ask();
        // What a killed process left is due, and the sweep's job does it.
        const target = { repositoryId: repository.id, installationId: repository.installationId };
        await verifyLeaks(context, { kind: "verify", ...target, fingerprints: null, again: false });

        const activity = (await leak.activity()) ?? NEVER_ASKED;
        const state = await leak.state();
        const wanted = isKnownActive(activity) ? "open" : isKnownDead(activity) ? "rolled" : state;
        expect(state).toBe(wanted);
        expect(issue?.state).toBe(state === "open" ? "open" : "closed");
        expect(activity.nextAt?.getTime()).not.toBe(activity.askedAt?.getTime());
        expect(new Set(leak.comments()).size).toBe(leak.comments().length);
        const written = JSON.stringify([
          context.queue.all(),
          context.github.runs,
          context.github.issues,
          leak.comments(),
          activity,
          await context.record.leaks.all(repository.id),
        ]);
        expect(written).not.toContain(leak.secret.text.slice(26, 60));
      },
    ),
    { numRuns: 150 },
  );
});
