/**
 * Each request that the app makes, with each way in which GitHub can fail it: the verdict is right in the end and never
 * green before, and there is one issue. All scenarios run at once, each in a repository of its own. A part of the table
 * is tested each time, `npm run test:faults` tests all of it.
 */
import { expect, inject, test } from "vitest";
import type { CheckRun, FaultOrder } from "local-github";
import { watchCheck } from "../support/check-watch.ts";
import { installApp } from "../support/installed-app.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** All of the table, not the quick part alone. */
    allFaults: boolean;
  }
}

const app = await installApp({ lasts: "file" });
app.github.createUser("max");

const LIMIT = { "retry-after": "1" };
const SECONDARY = { message: "You have exceeded a secondary rate limit." };

const FAULTS: readonly (readonly [string, FaultOrder])[] = [
  ["401", { answer: "bad-credentials" }],
  [
    "403",
    {
      status: 403,
      body: { message: "Resource not accessible by integration" },
    },
  ],
  ["404", { status: 404, body: { message: "Not Found" } }],
  ["422", { status: 422, body: { message: "Validation Failed" } }],
  ["429", { status: 429, headers: LIMIT, body: { message: "Too many requests" } }],
  ["a secondary limit", { status: 403, headers: LIMIT, body: SECONDARY }],
  ["500", { status: 500 }],
  ["502", { status: 502, body: "<html>Bad gateway</html>" }],
  ["a cut connection before the effect", { reset: "before-effect" }],
  ["a cut connection after the effect", { reset: "after-effect" }],
  ["a page of HTML", { answer: "html-page" }],
  ["half of the answer", { answer: "truncated" }],
  ["silence before the effect", { hang: "before-effect" }],
  ["silence after the effect", { hang: "after-effect" }],
];

/** Silence takes 30 seconds, and a refusal is tried again after a quarter of a minute. */
const QUICK: ReadonlySet<string> = new Set([
  "a secondary limit",
  "502",
  "a cut connection after the effect",
  "a page of HTML",
  "half of the answer",
]);

/**
 * `large`: the pull request has so many commits that git reads it. `twice`: a second push finds the issue open. `undone`: a
 * project closes the issue. `cleared`: a person does. `again`: after that, a push brings the key again.
 */
type Kind = "small" | "large" | "twice" | "undone" | "cleared" | "again";

const OPERATIONS: readonly (readonly [string, Kind])[] = [
  ["checks/create", "small"],
  ["checks/update", "small"],
  ["repos/get-commit", "small"],
  ["repos/compare-commits-with-basehead", "small"],
  ["repos/get-content", "small"],
  ["repos/get-collaborator-permission-level", "small"],
  ["issues/list-for-repo", "small"],
  ["issues/create", "small"],
  ["issues/get-label", "small"],
  ["issues/create-label", "small"],
  ["issues/check-user-can-be-assigned", "small"],
  ["git-upload-pack", "large"],
  ["issues/get", "twice"],
  ["issues/update", "twice"],
  ["issues/get", "undone"],
  ["graphql", "undone"],
  ["issues/list-comments", "undone"],
  ["issues/create-comment", "undone"],
  ["issues/update", "undone"],
  ["issues/list-events", "cleared"],
  ["graphql", "cleared"],
  ["repos/get-collaborator-permission-level", "cleared"],
  ["checks/update", "cleared"],
  ["repos/get-commit", "again"],
  ["issues/list-comments", "again"],
  ["issues/create-comment", "again"],
  ["issues/update", "again"],
];

/** What follows a closing takes longer to set up. */
const QUICK_OF_LIFE: ReadonlySet<string> = new Set(["502", "a cut connection after the effect"]);

function isQuick(kind: Kind, fault: string): boolean {
  const isLife = kind === "undone" || kind === "cleared" || kind === "again";
  return (isLife ? QUICK_OF_LIFE : QUICK).has(fault);
}

const all = inject("allFaults");
const CASES = OPERATIONS.flatMap(([operation, kind]) =>
  FAULTS.filter(([name]) => all || isQuick(kind, name)).map(([name, fault]) => ({
    operation,
    kind,
    name,
    fault,
  })),
);

type Case = (typeof CASES)[number];

/** A clone whose branch `try`, not pushed yet, adds a live key and removes it. */
async function prepared({ operation, kind, name }: Case, index: number) {
  // An installation of its own, because the app spaces the writes of each.
  const owner = `organization-${index}`;
  app.github.createOrganization(owner);
  app.github.install({ on: owner });
  const shop = await app.project({ owner, roles: { ann: "write", max: "maintain" } });
  const clone = await shop.clone();
  await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.git("branch", "--move", "main");
  await clone.git("switch", "--quiet", "--create", "try");
  const pay = {
    "pay.py": `import stripe\nstripe.api_key = "${app.key(`${operation} ${kind} ${name}`)}"\n`,
  };
  const commit = async (): Promise<string> => {
    await clone.commit("Pay", pay);
    const more = kind === "large" ? ["1", "2", "3", "4"] : [];
    for (const text of more) await clone.commit("More", { more: text });
    return clone.commit("Clean up", { "pay.py": "import stripe\n" });
  };
  return { shop, clone, commit, head: await commit() };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

const named = ({ summary }: CheckRun): boolean => /\/issues\/\d+\)/.test(summary ?? "");

function scenario(one: Case, project: Prepared): Promise<void> {
  return one.kind === "undone" || one.kind === "cleared" || one.kind === "again"
    ? lifeScenario(one, project)
    : readingScenario(one, project);
}

async function readingScenario(
  { operation, kind, fault }: Case,
  { shop, clone, commit, head: first }: Prepared,
): Promise<void> {
  const open = () => app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  if (kind === "twice") await open();
  if (kind === "twice") await shop.completedCheck(first, named);
  const head = kind === "twice" ? await commit() : first;
  const shown = watchCheck(shop, head);
  const path = new RegExp(`/${shop.repository.name}(/|\\.git)`);
  const order = app.github.orderFault({ operation, path, times: 1, ...fault });
  if (kind === "twice") await clone.push("try");
  else await open();
  const run = await shop.completedCheck(head, named);
  expect({ conclusion: run.conclusion, issues: shop.issues().length }).toEqual({
    conclusion: "failure",
    issues: 1,
  });
  expect(shown).not.toContain("success");
  expect(run.title).not.toContain("incomplete");
  await app.github.until(() => order.left.times === 0, "the fault is met", HANGS_MS);
}

/** The issue is closed, and what follows meets the fault. */
async function lifeScenario(
  { operation, kind, fault }: Case,
  { shop, clone, commit, head }: Prepared,
): Promise<void> {
  await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  await shop.completedCheck(head, named);
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error("no issue");
  const shown = watchCheck(shop, head);
  const order = () => {
    const path = operation === "graphql" ? /./ : new RegExp(`/${shop.repository.name}(/|$)`);
    return app.github.orderFault({ operation, path, times: 1, ...fault });
  };
  let ordered = kind === "again" ? null : order();
  if (kind === "undone") {
    app.github.closeIssueByProject(shop.repository, issue.number, "max", "Board");
    await app.github.until(() => issue.state === "open", "the issue is open again", HANGS_MS);
    expect(shown).not.toContain("success");
  } else {
    app.github.closeIssue(shop.repository, issue.number, "max");
    await shop.completedCheck(head, ({ conclusion }) => conclusion === "success");
  }
  if (kind === "again") {
    ordered = order();
    const next = await commit();
    const later = watchCheck(shop, next);
    await clone.push("try");
    await shop.completedCheck(next, ({ conclusion }) => conclusion === "failure");
    await app.github.until(() => issue.state === "open", "the issue is open again", HANGS_MS);
    expect(later).not.toContain("success");
  }
  await app.github.until(() => ordered?.left.times === 0, "the fault is met", HANGS_MS);
  expect(issue.comments).toHaveLength(kind === "cleared" ? 0 : 1);
  expect(shop.issues()).toHaveLength(1);
}

/** Only to end a test that hangs. */
const HANGS_MS = 240_000;

/** So many at once: git and the clones take the processors. */
const AT_ONCE = all ? 24 : 8;

async function forEachCase(work: (one: Case, index: number) => Promise<void>): Promise<void> {
  const waiting = [...CASES.entries()];
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one[1], one[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

test(`${CASES.length} faults: right in the end, never green before`, { timeout: 1_200_000 }, async () => {
  const projects = new Map<number, Prepared>();
  await forEachCase(async (one, index) => {
    projects.set(index, await prepared(one, index));
  });
  await app.unheard(() => Promise.all([...projects.values()].map(({ clone }) => clone.push("main", "try"))));
  const failed: string[] = [];
  await forEachCase(async (one, index) => {
    const project = projects.get(index);
    if (project === undefined) throw new Error("Every case has its repository.");
    await scenario(one, project).catch((error: unknown) =>
      failed.push(`${one.operation}, ${one.kind}, ${one.name}: ${String(error)}`),
    );
  });
  expect(failed).toEqual([]);
});
