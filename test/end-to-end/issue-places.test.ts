import { expect, test } from "vitest";
import type { Issue, NewRepository, Repository } from "local-github";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

let owners = 0;

/** An owner of its own for one scenario, whose file names `security` for details, and that private repository. */
async function anOwner(
  file = (owner: string) => `issues:\n  repository: ${owner}/security\n  assign: [boss]\n`,
) {
  owners += 1;
  const owner = `owner-${owners}`;
  app.github.createOrganization(owner);
  app.github.createUser("boss");
  const project = (name: string, options: Partial<NewRepository> = {}) =>
    app.project({ owner, name, roles: { ann: "write", boss: "admin" }, ...options });
  const security = await project("security", { roles: { boss: "admin" } });
  const settings = await project(".github");
  app.github.install({ on: owner });
  const clone = await settings.begun({ ".github/rollcall.yml": file(owner) });
  await app.settled();
  const configure = async (text: string): Promise<void> => {
    await clone.commit("Configure", { ".github/rollcall.yml": text });
    await clone.push("HEAD:main");
    await app.settled();
  };
  return { owner, security, project, configure };
}

function payment(key: string, path = "src/pay.py"): Record<string, string> {
  return { [path]: `import stripe\nstripe.api_key = "${key}"\n` };
}

/** Pushes a key to the default branch and returns its commit. */
async function leak(shop: Project, key: string, path?: string): Promise<string> {
  const clone = await shop.begun();
  const head = await clone.commit("Pay", payment(key, path));
  await clone.push("HEAD:main");
  await app.settled();
  return head;
}

function texts(issue: Issue): string {
  return JSON.stringify([issue.title, issue.bodies, issue.comments.map(({ body }) => body)]);
}

/** What nothing public may say of a leak. */
function secretsOf(repository: Repository, head: string, key: string): readonly string[] {
  return [head.slice(0, 7), key.slice(-4), key.slice(8, 25), "src/", "pay.py", "ann", repository.name];
}

test("one issue a key in the owner's place, over all repositories", async () => {
  const { owner, security, project } = await anOwner();
  const key = app.key("owners-place");
  const [one, two] = [await project("one"), await project("two")];
  const head = await leak(one, key, "src/one.py");
  await leak(two, key, "src/two.py");
  const [issue, ...others] = security.issues();
  expect(others).toEqual([]);
  expect(one.issues()).toEqual([]);
  expect(issue?.body).toContain("src/one.py");
  expect(issue?.body).toContain("src/two.py");
  expect(issue?.body).toContain(`${owner}/two`);
  expect(issue?.body).toContain("**Brought in by:** @ann");
  // Ann cannot be assigned there, and no CODEOWNERS names anyone.
  expect(issue?.assignees.map(({ login }) => login)).toEqual(["boss"]);
  expect(issue?.labels.map(({ name }) => name)).toEqual(["security"]);
  const { summary } = one.checks(head).at(-1) ?? {};
  expect(summary).toContain(`/${owner}/security/issues/${issue?.number})`);
  expect(summary).toMatch(/cannot open the issue.*boss/s);
});

test("details of a public repository go to the private place, and in public there is one neutral issue", async () => {
  const { security, project } = await anOwner();
  const shop = await project("shop", { private: false });
  const [key, other] = [app.key("public-one"), app.key("public-two")];
  const head = await leak(shop, key);
  const clone = await shop.clone();
  await clone.commit("Again", payment(other, "src/again.py"));
  await clone.push("HEAD:main");
  await app.settled();
  expect(security.issues()).toHaveLength(2);
  expect(security.issues()[0]?.body).toContain("src/pay.py");
  const [neutral, ...others] = shop.issues();
  expect(others).toEqual([]);
  if (neutral === undefined) throw new Error("no issue");
  for (const secret of secretsOf(shop.repository, head, key)) expect(texts(neutral)).not.toContain(secret);
  expect(neutral.title).not.toMatch(/stripe|key/i);
  expect(neutral.body).toContain("**Roll every live Stripe key that this repository has used.**");
  // Closing it says nothing of the leaks, whose details are elsewhere.
  app.github.closeIssue(shop.repository, neutral.number, "boss", "completed");
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(security.issues().map(({ state }) => state)).toEqual(["open", "open"]);
  expect(neutral.state).toBe("closed");
  app.github.reopenIssue(shop.repository, neutral.number, "boss");
  app.github.closeIssueByProject(shop.repository, neutral.number, "boss", "Board");
  await app.settled();
  expect(neutral.state).toBe("open");
  expect(neutral.comments).toHaveLength(1);
});

test("without a private place, a maintainer who closes the neutral issue attests for every leak", async () => {
  const { project } = await anOwner(() => "mode: enforce\n");
  const shop = await project("shop", { private: false });
  const head = await leak(shop, app.key("neutral-only"));
  const [neutral, ...others] = shop.issues();
  expect(others).toEqual([]);
  expect(neutral?.title).not.toMatch(/stripe|key/i);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  app.github.closeIssue(shop.repository, neutral?.number ?? 0, "boss", "completed");
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "success" });
  const clone = await shop.clone();
  const next = await clone.commit("Again", payment(app.key("neutral-again"), "src/again.py"));
  await clone.push("HEAD:main");
  await app.settled();
  expect(shop.issues().map(({ state }) => state)).toEqual(["open"]);
  expect(shop.checks(next).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("a repository that becomes public: details move to the private place, and the old issue asks to be deleted", async () => {
  const { owner, security, project, configure } = await anOwner(() => "mode: enforce\n");
  const shop = await project("shop");
  const key = app.key("publicized");
  const head = await leak(shop, key);
  expect(shop.issues()[0]?.body).toContain("src/pay.py");
  await configure(`issues:\n  repository: ${owner}/security\n`);
  app.github.setPrivate(shop.repository, false, "boss");
  await app.settled();
  const [former, neutral, ...others] = shop.issues();
  expect(others).toEqual([]);
  expect(former).toMatchObject({ state: "closed", title: "This issue has moved" });
  expect(former?.body).toContain("Please delete this issue");
  expect(former?.body).not.toContain("src/pay.py");
  expect(neutral?.body).not.toContain("src/pay.py");
  const [details] = security.issues();
  expect(details?.body).toContain("src/pay.py");
  expect(details?.comments.map(({ body }) => body).join("\n")).toContain("Roll this key at once.");
  expect(JSON.stringify(shop.checks(head).at(-1))).not.toContain("security");

  // Private again: the details return, and the neutral issue ends.
  app.github.setPrivate(shop.repository, true, "boss");
  await app.settled();
  expect(neutral?.state).toBe("closed");
  expect(security.issues().map(({ state }) => state)).toEqual(["open"]);
});

test("a place that is named later gets the open leaks, and the former issue is closed with a link", async () => {
  const { owner, security, project, configure } = await anOwner(() => "mode: enforce\n");
  const shop = await project("shop");
  const head = await leak(shop, app.key("named-later"));
  expect(shop.issues()).toHaveLength(1);
  await configure(`issues:\n  repository: ${owner}/security\n`);
  await app.github.until(() => shop.issues()[0]?.state === "closed", "the leak in its new place");
  expect(security.issues()).toHaveLength(1);
  expect(shop.issues()[0]).toMatchObject({ stateReason: "not_planned" });
  expect(shop.issues()[0]?.comments.at(-1)?.body).toContain(`/${owner}/security/issues/1`);
  const run = await shop.completedCheck(
    head,
    ({ summary }) => summary?.includes("/security/issues/1") === true,
  );
  expect(run).toMatchObject({ conclusion: "failure" });
});

test("issues are off: they go to the owner's place, else the check says what to do", async () => {
  const { project } = await anOwner();
  const shop = await project("shop", { hasIssues: false });
  const head = await leak(shop, app.key("off"));
  expect(shop.checks(head).at(-1)?.summary).toContain("/security/issues/1");
  const elsewhere = await anOwner(() => "mode: enforce\n");
  const alone = await elsewhere.project("alone", { hasIssues: false });
  const other = await leak(alone, app.key("off-alone"));
  expect(alone.checks(other).at(-1)?.summary).toContain("takes no issues");
  expect(alone.checks(other).at(-1)?.summary).toContain("issues.repository");
});

test("the owner's place takes no issues: the repository itself gets them, and its check says why", async () => {
  const { security, project } = await anOwner();
  security.repository.hasIssues = false;
  const shop = await project("shop");
  const head = await leak(shop, app.key("place-off"));
  expect(shop.issues()).toHaveLength(1);
  expect(shop.checks(head).at(-1)?.summary).toMatch(/its issues are off/);
});

test("a repository that is renamed or transferred is followed, and its leaks get the place of their new owner", async () => {
  const [from, to] = [await anOwner(), await anOwner()];
  const shop = await from.project("shop");
  await leak(shop, app.key("transferred"));
  expect(from.security.issues()).toHaveLength(1);
  app.github.renameRepository(shop.repository, "store", "boss");
  await app.settled();
  expect(from.security.issues()).toHaveLength(1);
  expect(from.security.issues()[0]?.body).toContain("/store");
  app.github.transferRepository(shop.repository, to.owner, "boss");
  await app.settled();
  expect(to.security.issues()).toHaveLength(1);
  expect(from.security.issues()[0]).toMatchObject({ state: "closed" });
});

test("leaks of an archived and of a deleted repository go on in the private place", async () => {
  const { owner, security, project, configure } = await anOwner(() => "mode: enforce\n");
  const [archived, deleted] = [await project("archived"), await project("deleted")];
  await leak(archived, app.key("archived-leak"));
  await leak(deleted, app.key("deleted-leak"));
  app.github.archiveRepository(archived.repository, "boss");
  await app.settled();
  expect(security.issues()).toEqual([]);
  await configure(`issues:\n  repository: ${owner}/security\n`);
  await app.github.until(() => security.issues().length === 1, "the leak of the second repository");
  await app.settled();
  app.github.unarchiveRepository(archived.repository, "boss");
  await app.settled();
  expect(security.issues()).toHaveLength(2);
  await app.github.deleteRepository(deleted.repository, "boss");
  await app.settled();
  expect(security.issues().map(({ state }) => state)).toEqual(["open", "open"]);
});

test("the owner's place is deleted: the leak goes on in its own repository", async () => {
  const { security, project } = await anOwner();
  const shop = await project("shop");
  const head = await leak(shop, app.key("place-deleted"));
  expect(security.issues()).toHaveLength(1);
  await app.github.deleteRepository(security.repository, "boss");
  await app.settled();
  expect(shop.issues().map(({ state }) => state)).toEqual(["open"]);
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
});

test("an issue that a person deleted is opened again, and a new place makes one comment", async () => {
  const { security, project } = await anOwner();
  const shop = await project("shop");
  const key = app.key("deleted");
  await leak(shop, key);
  app.github.deleteIssue(security.repository, 1, "boss");
  await app.settled();
  expect(security.issues().map(({ number }) => number)).toEqual([2]);
  const clone = await shop.clone();
  for (const name of ["b", "c"]) {
    await clone.commit(name, payment(key, `src/${name}.py`));
    await clone.push("HEAD:main");
    await app.settled();
  }
  const [issue] = security.issues();
  expect(issue?.body).toContain("src/c.py");
  expect(issue?.comments).toHaveLength(1);
  expect(issue?.comments[0]?.body).toContain("**2 more places**");
});
