import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

function payment(key: string): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` };
}

test("the first push to an empty repository is read to its root", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const leak = await clone.commit("Begin", payment(app.key("root", "sk_test_")));
  await clone.commit("Clean up", { "pay.py": "import stripe\n" });
  const head = await clone.commit("Go on");
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.conclusion).toBe("neutral");
  expect(run.summary).toContain(leak.slice(0, 7));
  expect(run.annotations).toEqual([]);
});

test("all new commits of a new branch are read, not only the last", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "feature");
  const leak = await clone.commit("Pay", payment(app.key("branch", "sk_test_")));
  await clone.commit("Clean up", { "pay.py": "import stripe\n" });
  const head = await clone.commit("More", { "more.txt": "more\n" });
  await clone.push("HEAD:feature");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leak.slice(0, 7));
});

test("a branch on a commit that was already read turns green without another scan", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:same");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
});

test("a commit keeps its verdict after one of its branches is deleted", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("switch", "--quiet", "--create", "feature");
  await clone.commit("Pay", payment(app.key("deleted", "sk_test_")));
  for (const step of ["one", "two", "three"]) await clone.commit(step, { "step.txt": step });
  const head = await clone.commit("Clean up", { "pay.py": "import stripe\n" });
  await clone.push("HEAD:feature");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
  await clone.push("HEAD:second");
  await app.settled();
  await clone.push(":feature");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
  await app.github.rerequestSuite(shop.repository, head, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
});

test("a force-push is judged by what it added and by what the record says of dropped commits", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const dropped = await clone.commit("Pay", payment(app.key("dropped", "sk_test_")));
  await clone.push("HEAD:main");
  await shop.completedCheck(dropped);
  await clone.git("reset", "--quiet", "--hard", "HEAD~1");
  const head = await clone.commit("Another way", { "other.txt": "fine\n" });
  await app.settled();
  await clone.push("--force", "HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral", annotations: [] });
  expect(run.summary).toContain(dropped.slice(0, 7));
});

test("commits that a force-push dropped before they were read are fetched and read", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const dropped = await clone.commit("Pay", payment(app.key("unseen", "sk_test_")));
  await app.unheard(() => clone.push("HEAD:main"));
  await clone.git("reset", "--quiet", "--hard", "HEAD~1");
  const head = await clone.commit("Another way", { "other.txt": "fine\n" });
  await clone.push("--force", "HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(dropped.slice(0, 7));
});

test("on a public repository, commits dropped by a force-push are not shown", async () => {
  const shop = await app.project({ private: false });
  const clone = await shop.begun();
  const key = app.key("public-dropped");
  const dropped = await clone.commit("Pay", { "secret-place.py": `stripe.api_key = "${key}"\n` });
  await app.unheard(() => clone.push("HEAD:main"));
  await clone.git("reset", "--quiet", "--hard", "HEAD~1");
  const head = await clone.commit("Another way", { "other.txt": "fine\n" });
  await clone.push("--force", "HEAD:main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  // The issue names the key by its last four characters, so its owner can find it, but no place.
  const published = shop.published();
  expect(published).not.toContain(dropped.slice(0, 7));
  expect(published).not.toContain("secret-place.py");
  expect(JSON.stringify(shop.checks(head))).not.toContain(key.slice(-4));
  expect(shop.issues()).toHaveLength(1);
});

test("a push that moves a branch back judges the commit it now points to", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const first = await clone.git("rev-parse", "HEAD");
  const second = await clone.commit("Second", { "a.txt": "a\n" });
  await clone.push("HEAD:main");
  await shop.completedCheck(second);
  await app.settled();
  await clone.push("--force", `${first}:main`);
  expect(await shop.settledCheck(first)).toMatchObject({ conclusion: "success" });
});

test("one push of several branches and tags gives each head its check", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const heads: string[] = [];
  for (const name of ["one", "two", "three"]) {
    await clone.git("switch", "--quiet", "--create", name, "main");
    const files = name === "two" ? payment(app.key("several", "sk_test_")) : { [`${name}.txt`]: name };
    heads.push(await clone.commit(name, files));
  }
  await clone.git("tag", "v1", "one");
  await clone.push("one", "two", "three", "v1");
  await app.settled();
  expect(heads.map((head) => shop.checks(head).at(-1)?.conclusion)).toEqual([
    "success",
    "neutral",
    "success",
  ]);
});

test("a push of more commits than its payload lists is read completely", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const leak = 25;
  const commits = Array.from({ length: 2100 }, (_, index) => ({
    message: `Step ${index}`,
    ...(index === leak ? { files: payment(app.key("many", "sk_test_")) } : {}),
    ...(index === leak + 1 ? { files: { "pay.py": "import stripe\n" } } : {}),
  }));
  const head = await clone.importCommits(commits);
  const leaking = await clone.git("rev-parse", `HEAD~${commits.length - 1 - leak}`);
  await clone.push("HEAD:main");
  const run = await shop.completedCheck(head);
  const delivery = app.github.deliveries.findLast(
    ({ event, body }) => event === "push" && body.includes(head),
  );
  expect(delivery?.payload["commits"]).toHaveLength(2048);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain(leaking.slice(0, 7));
  expect(run.summary).toContain("2,100 commits");
});
