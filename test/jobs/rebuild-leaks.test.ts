import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { CurrentRepository, Scope, Trust } from "../../src/domain/index.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice } from "../support/notices.ts";
import { commitAnswer, fileAnswer, PARENT } from "../support/rest-answers.ts";

/** When people close issues at this GitHub. */
const CLOSED_AT = new Date("2026-11-21T12:00:00Z");
const HOUR_MS = 60 * 60_000;
const SECURITY = { name: "security", owner: { login: "acme" }, private: true, default_branch: "main" };

let places = 980_000;

function commitOf(name: string): string {
  return Buffer.from(name.padEnd(20, "-")).toString("hex");
}

/** Pushes a commit of its own branch that holds the key of this name. */
async function pushed(
  context: FakeContext,
  repository: CurrentRepository,
  name: string,
  options: {
    readonly key?: string;
    readonly asOf?: Date;
    readonly trust?: Trust;
    readonly pull?: boolean;
  } = {},
): Promise<string> {
  const { key = name, asOf = new Date(CLOSED_AT.getTime() - HOUR_MS), trust = { kind: "writer" } } = options;
  const sha = commitOf(`${repository.name} ${name}`);
  const patch = `@@ -0,0 +1 @@\n+stripe("${keyOf("sk_live_", key)}")`;
  const file = fileAnswer({ filename: `src/${name}.ts`, status: "added", sha: null, patch });
  context.github.commits.set(sha, commitAnswer([file], { sha, parents: [{ sha: PARENT }] }));
  const scope: Scope = options.pull
    ? { kind: "pull_request", number: 7, base: PARENT, head: sha }
    : { kind: "push", ref: `refs/heads/${name}`, before: PARENT, after: sha };
  const facts = { ...NO_FACTS, listedCommits: [sha], commitCount: 1, previousHead: PARENT };
  await context.accept([aNotice(repository, { scope, facts, trust, asOf })]);
  await context.settle();
  return sha;
}

/** A fresh record over the same GitHub. Max closed the issues of these keys as rolled before the record was lost. */
async function afterLoss(
  keys: readonly string[],
  inPlace: boolean,
): Promise<{ context: FakeContext; repository: CurrentRepository }> {
  const [before, repository] = [aContext(), aRepository()];
  places += 1;
  const configured = (context: FakeContext): void => {
    context.github.roles.set("max", "maintain");
    if (!inPlace) return;
    context.github.files.set("acme/.github/.github/rollcall.yml", "issues:\n  repository: acme/security\n");
    context.github.named.set("acme/security", { ...SECURITY, id: places });
  };
  configured(before);
  for (const key of keys) await pushed(before, repository, key);
  for (const issue of before.github.issues)
    before.github.changeIssue(issue, "closed", { login: "max", type: "User", closer: null });
  const context = aContext();
  configured(context);
  for (const issue of before.github.issues) context.github.issues.push(issue);
  return { context, repository };
}

async function stateOf(context: FakeContext, repository: CurrentRepository): Promise<readonly string[]> {
  return (await context.record.leaks.all(repository.id)).map(({ state }) => state);
}

describe.each([
  ["in the repository", false],
  ["in the owner's place", true],
])("after the record is lost, with the issues %s", (_name, inPlace) => {
  test("a rolled key that is read again is green, and never red before", async () => {
    const { context, repository } = await afterLoss(["rolled"], inPlace);
    const shown = new Set<unknown>();
    context.github.watch = () => shown.add(context.github.runs.at(-1)?.conclusion);
    const head = await pushed(context, repository, "rolled");
    expect(context.github.current(head)).toMatchObject({ conclusion: "success" });
    expect(shown).not.toContain("failure");
    expect(await stateOf(context, repository)).toEqual(["rolled"]);
    expect(context.github.issues).toMatchObject([{ state: "closed", comments: [] }]);
  });

  test("it is found even after the issue of another key was opened", async () => {
    const { context, repository } = await afterLoss(["early", "late"], inPlace);
    await pushed(context, repository, "new");
    const heads = [await pushed(context, repository, "early"), await pushed(context, repository, "late")];
    for (const head of heads) expect(context.github.current(head)).toMatchObject({ conclusion: "success" });
    expect(context.github.issues).toHaveLength(3);
  });

  test("a commit pushed since the issue was closed is red from its first verdict on", async () => {
    const { context, repository } = await afterLoss(["since"], inPlace);
    const shown = new Set<unknown>();
    context.github.watch = () => shown.add(context.github.runs.at(-1)?.conclusion);
    const asOf = new Date(CLOSED_AT.getTime() + HOUR_MS);
    context.clock = asOf;
    const head = await pushed(context, repository, "again", { key: "since", asOf });
    expect(context.github.current(head)).toMatchObject({ conclusion: "failure" });
    expect(shown).not.toContain("success");
    expect(context.github.issues).toMatchObject([{ state: "open" }]);
  });

  test("an open pull request holds an old copy, however recently someone commented on it", async () => {
    const { context, repository } = await afterLoss(["pull"], inPlace);
    const asOf = new Date(CLOSED_AT.getTime() + HOUR_MS);
    context.clock = asOf;
    const trust = { kind: "author", login: "max" } as const;
    const head = await pushed(context, repository, "pull", { asOf, trust, pull: true });
    expect(context.github.current(head)).toMatchObject({ conclusion: "success" });
    expect(await stateOf(context, repository)).toEqual(["rolled"]);
  });
});
