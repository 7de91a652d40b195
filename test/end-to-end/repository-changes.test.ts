import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

function pay(seed: string, path = "pay.py"): Record<string, string> {
  return { [path]: `import stripe\nstripe.api_key = "${app.key(seed)}"\n` };
}

test("when a private repository becomes public, its issue and check say only what public ones may", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("publicized", "secret-place.py"));
  await clone.push("HEAD:main");
  await shop.settledCheck(head);
  expect(shop.issues()[0]?.body).toContain("secret-place.py");
  const fingerprint = /[0-9a-f]{20}/.exec(shop.checks(head).at(-1)?.text ?? "")?.[0] ?? "none";
  app.github.setPrivate(shop.repository, false, "ann");
  await app.settled();
  const [issue] = shop.issues();
  expect(issue?.body).not.toContain("secret-place.py");
  expect(issue?.body).not.toContain(fingerprint);
  expect(issue?.body).not.toContain(head.slice(0, 7));
  expect(JSON.stringify(shop.checks(head).at(-1)?.text)).not.toContain(fingerprint);
});

test("when it became public while the app was uninstalled, its checks are corrected once the app is back", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("unheard-of"));
  await clone.push("HEAD:main");
  await shop.settledCheck(head);
  const fingerprint = /[0-9a-f]{20}/.exec(shop.checks(head).at(-1)?.text ?? "")?.[0] ?? "none";
  for (const installation of app.github.installations) app.github.uninstall(installation);
  await app.settled();
  app.github.setPrivate(shop.repository, false, "ann");
  await app.github.idle();
  app.github.install({ on: "acme" });
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(shop.checks(head).at(-1)?.text).not.toContain(fingerprint);
});

test("a push whose job found the repository archived is read once it is unarchived", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("archived"));
  const pushed = await app.unheard(() => clone.push("HEAD:main"));
  app.github.archiveRepository(shop.repository, "ann");
  await app.settled();
  for (const delivery of pushed) app.github.redeliver(delivery);
  await app.settled();
  expect(shop.checks(head)).toEqual([]);
  app.github.unarchiveRepository(shop.repository, "ann");
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
});

test("a push whose job found the app uninstalled is read once it is installed again", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("uninstalled"));
  // Every attempt to read the commit fails until the app is gone.
  const fault = app.github.orderFault({
    path: new RegExp(`/${shop.repository.name}(/|\\.git)`),
    status: 502,
    times: 1000,
  });
  const pushed = await app.unheard(async () => {
    fault.left.times = 0;
    await clone.push("HEAD:main");
    fault.left.times = 1000;
  });
  for (const delivery of pushed) app.github.redeliver(delivery);
  await app.github.idle();
  for (const installation of app.github.installations) app.github.uninstall(installation);
  await app.settled();
  fault.lift();
  app.github.install({ on: "acme" });
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
});

test("a suspended app catches up when it is unsuspended", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", pay("suspended"));
  const fault = app.github.orderFault({
    path: new RegExp(`/${shop.repository.name}/(commits|check-runs)`),
    status: 502,
    times: 1000,
  });
  await clone.push("HEAD:main");
  await app.github.idle();
  const [installation] = app.github.installations;
  if (installation === undefined) throw new Error("The app is not installed.");
  app.github.suspend(installation);
  await app.github.idle();
  fault.lift();
  await app.settled();
  app.github.unsuspend(installation);
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
});

test("a repository that was renamed, and whose former name another one took, is read by its id", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const former = shop.repository.name;
  const head = await clone.commit("Pay", pay("name-taken"));
  const pushed = await app.unheard(async () => {
    await clone.push("HEAD:main");
    await app.github.idle();
    app.github.renameRepository(shop.repository, `${former}-renamed`, "ann");
  });
  const taker = await app.project({ name: former });
  await taker.begun();
  // The push, which tells the former name, comes last.
  for (const delivery of pushed.toReversed()) app.github.redeliver(delivery);
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
  expect(taker.issues()).toEqual([]);
});
