import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file", as: "hurried" });

function payment(key: string, path = "pay.py"): Record<string, string> {
  return { [path]: `import stripe\nstripe.api_key = "${key}"\n` };
}

test("one key in many places and pushes gets one issue that lists every place", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("places");
  await clone.commit("Pay", { ...payment(key, "a.py"), ...payment(key, "b.py") });
  await clone.commit(`Oops ${key}`, payment(key, "c.py"));
  await clone.push("HEAD:main");
  await app.settled();
  const head = await clone.commit("Again", payment(key, "d.py"));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  const [issue, ...others] = shop.issues();
  expect(others).toEqual([]);
  for (const path of ["a.py", "b.py", "c.py", "d.py"]) expect(issue?.body).toContain(path);
  expect(issue?.body).toContain("commit message");
  expect(run.summary).toContain(`/issues/${issue?.number})`);
});

test("two simultaneous pushes of one key open one issue", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("at-once");
  const heads: string[] = [];
  for (const name of ["one", "two"]) {
    await clone.git("switch", "--quiet", "--create", name, "main");
    heads.push(await clone.commit(name, payment(key, `${name}.py`)));
  }
  await clone.push("one", "two");
  await app.settled();
  for (const head of heads) expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
  expect(shop.issues()[0]?.body).toContain("one.py");
  expect(shop.issues()[0]?.body).toContain("two.py");
});

test("if issues are turned off, the check says what leaked and nothing else fails", async () => {
  const shop = await app.project({ hasIssues: false });
  const clone = await shop.begun();
  const head = await clone.commit("Pay", payment(app.key("disabled")));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({
    status: "completed",
    conclusion: "failure",
    annotations: [{ path: "pay.py" }],
  });
  expect(run.title).toContain("leaked");
});

test("a secondary rate limit on issues delays the issue, but not the red check", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", payment(app.key("limited")));
  const path = `/repos/acme/${shop.repository.name}/issues`;
  const refusal = { message: "You have exceeded a secondary rate limit." };
  const fault = app.github.orderFault({
    operation: "issues/create",
    path,
    status: 403,
    body: refusal,
    headers: { "retry-after": "1" },
    times: Infinity,
  });
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toEqual([]);
  fault.lift();
  const run = await shop.settledCheck(head);
  expect(shop.issues()).toHaveLength(1);
  expect(run.summary).toContain("/issues/1)");
});

test("more than 20 new keys in one push get one issue that lists them all", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const lines = Array.from({ length: 25 }, (_, index) => `k${index} = "${app.key(`many-${index}`)}"\n`);
  const head = await clone.commit("Dump", { "keys.py": lines.join("") });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.title).toContain("25 live Stripe secret keys");
  expect(shop.issues()).toHaveLength(1);
  expect(shop.issues()[0]?.title).toContain("25");
});

test("a public issue names no path, line, commit, author or fingerprint", async () => {
  const shop = await app.project({ private: false });
  const clone = await shop.begun();
  const head = await clone.commit("Pay", payment(app.key("public"), "secret-place.py"));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.annotations).toMatchObject([{ path: "secret-place.py" }]);
  const [issue] = shop.issues();
  expect(issue?.body).not.toMatch(/secret-place|Ann|ann@|still active/);
  expect(issue?.body).not.toContain(head.slice(0, 7));
});

test("after the database is lost, the issue is found by its marker, but a stranger's copy of it is not", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("lost");
  await clone.commit("Pay", payment(key));
  await clone.push("HEAD:main");
  await app.settled();
  const [issue] = shop.issues();
  const forged = app.github.openIssue(shop.repository, "stranger", {
    title: "Mine",
    body: issue?.body ?? "",
  });
  await app.settled();
  await app.stop();
  await rm(app.dataDirectory, { recursive: true });
  await app.start();
  const head = await clone.commit("Again", payment(key, "again.py"));
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(shop.issues()).toHaveLength(2);
  expect(run.summary).toContain(`/issues/${issue?.number})`);
  expect(issue?.body).toContain("again.py");
  expect(forged.bodies).toHaveLength(1);
});
