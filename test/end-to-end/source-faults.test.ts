import { expect, test } from "vitest";
import type { FaultOrder } from "local-github";
import type { Clone } from "../../fixtures/clone.ts";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const app = await installApp({ lasts: "file" });

/** A commit with a test key in `pay.py`, not pushed yet. */
async function leaking(shop: Project, seed: string): Promise<{ clone: Clone; head: string }> {
  const clone = await shop.begun();
  const key = app.key(seed, "sk_test_");
  const head = await clone.commit("Pay", { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` });
  return { clone, head };
}

test("if GitHub refuses tokens for a while, the check is late but nothing is lost", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const key = app.key("token", "sk_test_");
  const head = await clone.commit("Pay", { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` });
  app.github.orderFault({ operation: "apps/create-installation-access-token", status: 502, times: 2 });
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
});

test("a rate limit in the middle of a scan delays the check, but nothing is lost", async () => {
  const shop = await app.project();
  const { clone, head } = await leaking(shop, "limited");
  app.github.orderFault({
    operation: "repos/get-commit",
    path: new RegExp(`/${shop.repository.name}/`),
    status: 403,
    headers: { "retry-after": "1", "x-ratelimit-remaining": "0" },
  });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral", annotations: [{ path: "pay.py" }] });
  expect(shop.checks(head)).toHaveLength(1);
});

const REST_FAULTS: readonly (readonly [string, FaultOrder])[] = [
  ["a commit that answers 502", { operation: "repos/get-commit", status: 502, times: 9 }],
  ["a commit that answers 404", { operation: "repos/get-commit", status: 404, times: 9 }],
  ["a commit that answers 422", { operation: "repos/get-commit", status: 422, times: 9 }],
  [
    "a commit whose answer is not JSON",
    { operation: "repos/get-commit", status: 200, body: "<html>", times: 9 },
  ],
  [
    "a commit whose answer is another JSON",
    { operation: "repos/get-commit", status: 200, body: {}, times: 9 },
  ],
  ["a commit whose connection is cut", { operation: "repos/get-commit", reset: true, times: 9 }],
  ["a file that answers 404", { operation: "git/get-blob", status: 404, times: 9 }],
  ["a file whose connection is cut", { operation: "git/get-blob", reset: true, times: 9 }],
];
for (const [name, fault] of REST_FAULTS) {
  test(`${name} is read with git`, async () => {
    const shop = await app.project();
    const { clone, head } = await leaking(shop, name);
    const path = new RegExp(`^/repos/acme/${shop.repository.name}/`);
    app.github.orderFault({ ...fault, path });
    await clone.push("HEAD:main");
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({ conclusion: "neutral", annotations: [{ path: "pay.py", start_line: 2 }] });
    expect(run.title).not.toContain("incomplete");
  });
}

for (const status of [422, 404, 500]) {
  test(`if a comparison answers ${status}, git makes it and the check completes`, async () => {
    const shop = await app.project();
    const { clone, head } = await leaking(shop, `compare-${status}`);
    const path = new RegExp(`^/repos/acme/${shop.repository.name}/`);
    const fault = app.github.orderFault({ operation: "repos/compare-commits-with-basehead", path, status });
    await app.unheard(() => clone.push("HEAD:try"));
    await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
    expect(await shop.settledCheck(head)).toMatchObject({
      conclusion: "neutral",
      annotations: [{ path: "pay.py" }],
    });
    expect(fault.left.times).toBe(0);
  });
}

test("an unreadable repository fails the check with what could not be read and why, and a re-run reads it", async () => {
  const shop = await app.project();
  const { clone, head } = await leaking(shop, "nothing");
  const { name } = shop.repository;
  const faults = [
    app.github.orderFault({
      operation: "repos/get-commit",
      path: new RegExp(`/${name}/`),
      status: 502,
      times: 99,
    }),
    app.github.orderFault({
      path: new RegExp(`/${name}\\.git/(info/refs|git-upload-pack)`),
      status: 500,
      times: 99,
    }),
  ];
  // People push by the same path that the app fetches from; GitHub's own outage would keep them out as well.
  await app.unheard(async () => {
    for (const fault of faults) fault.left.times = 0;
    await clone.push("HEAD:try");
    for (const fault of faults) fault.left.times = 99;
  });
  await app.github.openPullRequest(shop.repository, { head: "try", by: "ann" });
  const red = await shop.completedCheck(head);
  expect(red).toMatchObject({ conclusion: "failure" });
  expect(red.title).toMatch(/^Scan incomplete: /);
  expect(red.summary).toContain("Rollcall keeps trying");

  for (const fault of faults) fault.left.times = 0;
  app.github.rerequestRun(shop.repository, red, "ann");
  const again = await shop.completedCheck(head, (run) => run.conclusion === "neutral");
  expect(again).toMatchObject({ conclusion: "neutral", annotations: [{ path: "pay.py" }] });
});

test("unreadable commits dropped by a force-push keep the check from turning green", async () => {
  const shop = await app.project();
  const { clone, head: dropped } = await leaking(shop, "dropped");
  await app.unheard(() => clone.push("HEAD:main"));
  await clone.git("reset", "--quiet", "--hard", "HEAD~1");
  const head = await clone.commit("Another way", { "other.txt": "fine\n" });
  const path = new RegExp(`/${shop.repository.name}\\.git/(info/refs|git-upload-pack)`);
  const pushed = await app.unheard(() => clone.push("--force", "HEAD:main"));
  const fault = app.github.orderFault({ path, status: 500, times: 99 });
  for (const delivery of pushed) app.github.redeliver(delivery);
  const red = await shop.completedCheck(head);
  expect(red).toMatchObject({ conclusion: "failure" });
  expect(red.title).toContain("Scan incomplete");
  fault.left.times = 0;
  await app.github.rerequestSuite(shop.repository, head, "ann");
  const again = await shop.completedCheck(head, (run) => run.conclusion === "neutral");
  expect(again).toMatchObject({ conclusion: "neutral" });
  expect(again.summary).toContain(dropped.slice(0, 7));
});

test("a re-run of the suite judges again without reading a clean commit twice", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.git("rev-parse", "HEAD");
  const first = await shop.settledCheck(head);
  const asked = app.github.requests.length;
  await app.github.rerequestSuite(shop.repository, head, "ann");
  const second = await shop.settledCheck(head);
  expect(second).toMatchObject({ conclusion: "success" });
  expect(second.id).not.toBe(first.id);
  const operations = app.github.requests.slice(asked).map(({ operation }) => operation);
  expect(operations).not.toContain("repos/get-commit");
});

test("a re-run on an unknown commit gives it a check", async () => {
  const shop = await app.project();
  const { clone, head } = await leaking(shop, "unheard");
  await app.unheard(() => clone.push("HEAD:try"));
  await app.github.rerequestSuite(shop.repository, head, "ann");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
});
