import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { Button, Finding } from "../../src/domain/index.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import { anAskedLeak, ANSWERS } from "../support/asked-stripe.ts";
import { aContext, aRepository, NOW } from "../support/job-context.ts";
import { atHead, HEAD, madeFinding } from "../support/reported.ts";
import { PUSH } from "../support/scopes.ts";

const TEST_KEY = (): Finding => madeFinding({ mode: "test" });

/** A head with these findings, whose check is published. */
async function aCheck(findings: readonly Finding[], isPrivate = true) {
  const [context, repository] = [aContext(), aRepository({ private: isPrivate })];
  const target = { repositoryId: repository.id, installationId: 5 };
  await context.record.transaction(async (within) => {
    await within.repositories.note(repository);
    const fields = {
      repositoryId: repository.id,
      scope: PUSH,
      defaultBranch: false,
      facts: NO_FACTS,
      asOf: NOW,
    };
    const { scope } = await noteScope(within, { ...fields, trust: { kind: "writer" } }, true, NOW);
    const coverage = { commits: 1, files: 1, gaps: [] };
    await finishScope(
      within,
      target,
      scope,
      { commits: [HEAD], findings: findings.map(atHead), coverage },
      NOW,
    );
  });
  await publishCheck(context, repository.id, HEAD);
  context.github.roles.set("ann", "admin");
  context.github.roles.set("bob", "write");
  const press = async (button: Button, login: string): Promise<void> => {
    await context.accept([{ kind: button, repository, head: HEAD, login }]);
    await context.settle();
  };
  return { context, repository, press, run: () => context.github.current(HEAD) };
}

describe("Ignore test keys", () => {
  test("dismisses every test key of the check for a person with the role, and the check says who", async () => {
    const [one, other] = [TEST_KEY(), TEST_KEY()];
    const { press, run } = await aCheck([one, other]);
    expect(run()?.conclusion).toBe("neutral");
    await press("ignore_test_keys", "ann");
    expect(run()?.conclusion).toBe("success");
    expect(run()?.summary).toMatch(/### Ignored test keys[\s\S]*ann/);
    for (const { redacted } of [one, other]) expect(run()?.summary).toContain(redacted);
  });

  test("is listed with the person's name on a public repository too", async () => {
    const { press, run } = await aCheck([TEST_KEY()], false);
    await press("ignore_test_keys", "ann");
    expect(run()?.summary).toMatch(/### Ignored test keys[\s\S]*ann/);
  });

  test("changes nothing for a person without the role, and the check says why", async () => {
    const { press, run, context, repository } = await aCheck([TEST_KEY()]);
    await press("ignore_test_keys", "bob");
    expect(run()?.conclusion).toBe("neutral");
    expect(run()?.summary).toMatch(/bob clicked \*\*Ignore test keys\*\* .*needs the role `maintain`/);
    expect(await context.record.ignoredKeys.find(repository.id, [])).toHaveProperty("size", 0);
    await press("ignore_test_keys", "ann");
    expect(run()?.conclusion).toBe("success");
    expect(run()?.summary).not.toContain("bob");
  });

  test("never clears a live key, nor anything without a mode", async () => {
    const live = madeFinding();
    const token = madeFinding({ kind: "cli_token", mode: null });
    const { press, run, context, repository } = await aCheck([live, token, TEST_KEY()]);
    await press("ignore_test_keys", "ann");
    expect(run()?.conclusion).toBe("failure");
    const ignored = await context.record.ignoredKeys.find(repository.id, [
      live.fingerprint,
      token.fingerprint,
    ]);
    expect(ignored.size).toBe(0);
    // Were one on record by mistake, it would count all the same.
    await context.record.ignoredKeys.put(repository.id, [
      { fingerprint: live.fingerprint, login: "ann", at: NOW },
    ]);
    await context.record.checks.touch(repository.id, [HEAD], NOW);
    await publishCheck(context, repository.id, HEAD);
    expect(run()?.conclusion).toBe("failure");
  });

  test("says so if there is no test key that counts", async () => {
    const { press, run } = await aCheck([madeFinding()]);
    await press("ignore_test_keys", "ann");
    expect(run()?.summary).toContain("there was nothing to do: this commit has no test key that counts");
  });
});

describe("Accept unread", () => {
  test("says why it did nothing for a person without the role", async () => {
    const { press, run } = await aCheck([madeFinding()]);
    await press("accept_unread", "bob");
    expect(run()?.summary).toMatch(/bob clicked \*\*Accept unread\*\* .*needs the role `maintain`/);
  });
});

describe("Re-check", () => {
  test("asks Stripe again at once, and the check says who clicked", async () => {
    const leak = await anAskedLeak();
    const { context, repository } = leak;
    await leak.ask();
    leak.answer = ANSWERS.expired;
    context.github.roles.set("ann", "write");
    await context.accept([{ kind: "recheck", repository, head: HEAD, login: "ann" }]);
    // Reading who closed the issue needs GraphQL, which is tested end to end.
    await context.settle().catch(() => {});
    await leak.ask();
    expect(leak.asked.length).toBeGreaterThan(1);
    expect(context.github.current(HEAD)?.summary).toMatch(
      /ann clicked \*\*Re-check\*\* on 2026-11-21 12:00 UTC/,
    );
    expect(await leak.state()).toBe("rolled");
  });

  test("does nothing for a person who can no longer write, and the check says why", async () => {
    const leak = await anAskedLeak();
    const { context, repository } = leak;
    await context.settle();
    const before = leak.asked.length;
    await context.accept([{ kind: "recheck", repository, head: HEAD, login: "eve" }]);
    await context.settle();
    expect(leak.asked).toHaveLength(before);
    expect(context.github.current(HEAD)?.summary).toMatch(
      /eve clicked \*\*Re-check\*\* .*needs the role `write`/,
    );
  });
});
