import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

test("a key that is only in the resolution of a conflict is found", async () => {
  const shop = await app.project();
  const clone = await shop.begun({ "pay.rb": "one\n" });
  await clone.git("switch", "--quiet", "--create", "side");
  await clone.commit("Side", { "pay.rb": "side\n" });
  await clone.git("switch", "--quiet", "main");
  await clone.commit("Main", { "pay.rb": "main\n" });
  await clone.git("merge", "--quiet", "--no-commit", "side").catch(() => null);
  const head = await clone.commit("Merge", {
    "pay.rb": `Stripe.api_key = "${app.key("merge", "sk_test_")}"\n`,
  });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.annotations).toMatchObject([{ path: "pay.rb", start_line: 1 }]);
});

test("a merge of three branches is compared with all its parents, and their keys count once", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("octopus", "sk_test_");
  for (const name of ["one", "two"]) {
    await clone.git("switch", "--quiet", "--create", name, "main");
    await clone.commit(name, { [`${name}.py`]: name === "two" ? `stripe.api_key = "${key}"\n` : "one\n" });
  }
  await clone.git("switch", "--quiet", "main");
  await clone.git("merge", "--quiet", "--no-edit", "one", "two");
  const own = app.key("octopus-own", "sk_test_");
  await clone.write({ "three.py": `stripe.api_key = "${own}"\n` });
  await clone.git("add", "--all");
  await clone.git("commit", "--quiet", "--amend", "--no-edit");
  const head = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.annotations.map(({ path }) => path).toSorted()).toEqual(["three.py", "two.py"]);
  expect(run.title).toContain("2 Stripe test keys");
});

test("keys in commit messages, author names and file names are found, and names are stored redacted", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const inMessage = app.key("message", "sk_test_");
  const inName = app.key("author", "sk_test_");
  const inPath = app.key("path", "sk_test_");
  const message = await clone.commit(`Try with ${inMessage}`);
  await clone.git("commit", "--quiet", "--allow-empty", "-m", "Sign", `--author=${inName} <ann@example.org>`);
  const author = await clone.git("rev-parse", "HEAD");
  const head = await clone.commit("Dump", { [`dump-${inPath}.txt`]: "nothing\n" });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral", annotations: [] });
  expect(run.title).toContain("3 Stripe test keys");
  expect(run.summary).toMatch(new RegExp(`commit message of .*${message.slice(0, 7)}`));
  expect(run.summary).toMatch(new RegExp(`author or committer of .*${author.slice(0, 7)}`));
  expect(run.summary).toMatch(/file name .*dump-/);
  expect(shop.published()).not.toContain(inPath.slice(-40, -12));
});

test("a key in a branch name is found, and the name is neither stored nor logged", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("branch-name", "sk_test_");
  const head = await clone.commit("Fine", { "fine.txt": "fine\n" });
  await clone.push(`HEAD:refs/heads/try-${key}`);
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain("branch or tag name");
  await app.github.openPullRequest(shop.repository, { head: `try-${key}`, by: "ann" });
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
  await clone.push(`:refs/heads/try-${key}`);
  await app.settled();
});

test("for an annotated tag its message and its commit are read, for a lightweight tag its commit", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const light = await clone.commit("Light", {
    "light.py": `stripe.api_key = "${app.key("light", "sk_test_")}"\n`,
  });
  await clone.git("tag", "v1");
  await clone.push("v1");
  const first = await shop.settledCheck(light);
  expect(first).toMatchObject({ conclusion: "neutral", annotations: [{ path: "light.py" }] });

  const annotated = await clone.commit("Annotated", { "fine.txt": "fine\n" });
  await clone.git("tag", "--annotate", "v2", "-m", `Release with ${app.key("tag", "sk_test_")}`);
  await clone.push("v2");
  const second = await shop.settledCheck(annotated);
  expect(second).toMatchObject({ conclusion: "neutral" });
  expect(second.summary).toContain("tag message");
});

test("a tag whose message cannot be read at first is read again, and never green before", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.git("rev-parse", "HEAD");
  await clone.git("tag", "--annotate", "v1", "-m", `Release with ${app.key("unread-tag", "sk_test_")}`);
  const path = new RegExp(`/${shop.repository.name}/git/tags/`);
  app.github.orderFault({ path, status: 502 });
  await clone.push("v1");
  const run = await shop.completedCheck(head, ({ conclusion }) => conclusion !== "success");
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.summary).toContain("tag message");
});

test("a tag on a tree or a blob gets no check and breaks nothing", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.git("tag", "tree", await clone.git("rev-parse", "HEAD^{tree}"));
  const problems = app.log.problems().length;
  await clone.push("tree");
  await app.settled();
  expect(app.log.problems().slice(problems)).toEqual([]);
});

test("a commit message that looks like a diff is not read as files", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const message = `Fix\n\ndiff --git a/pay.py b/pay.py\n--- a/pay.py\n+++ b/pay.py\n@@ -0,0 +1 @@\n+${app.key("fake-diff", "sk_test_")}\n`;
  await clone.commit(message, { "a.txt": "a\n" });
  for (let count = 0; count < 4; count += 1) await clone.commit(`Step ${count}`, { "a.txt": `${count}\n` });
  const head = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral", annotations: [] });
  expect(run.summary).toContain("commit message");
  expect(run.summary).not.toContain("pay.py");
});
