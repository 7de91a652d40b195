import { expect, test } from "vitest";
import type { FaultOrder } from "local-github";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

const MOMENTS: readonly (readonly [string, FaultOrder])[] = [
  ["before the check run comes to be", { operation: "checks/create", reset: true }],
  ["after the check run came to be", { operation: "checks/create", reset: "after-effect" }],
  ["before the check run is completed", { operation: "checks/update", reset: true }],
  ["after the check run was completed", { operation: "checks/update", reset: "after-effect" }],
  ["before the issue comes to be", { operation: "issues/create", reset: true }],
  ["after the issue came to be", { operation: "issues/create", reset: "after-effect" }],
  ["while a commit is read", { operation: "repos/get-commit", reset: true }],
];

for (const [moment, order] of MOMENTS) {
  test(`killed ${moment}: after a restart there is one issue and one completed, correct check`, async () => {
    const shop = await app.project();
    const clone = await shop.begun();
    const key = app.key(moment);
    const head = await clone.commit("Pay", { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` });
    const killed = Promise.withResolvers<void>();
    const path = new RegExp(`/${shop.repository.name}/`);
    app.github.orderFault({
      ...order,
      path: order.operation === "issues/create" ? `/repos/acme/${shop.repository.name}/issues` : path,
      onMet: async () => {
        await app.stop("SIGKILL");
        killed.resolve();
      },
    });
    await clone.push("HEAD:main");
    await killed.promise;
    await app.start();
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({
      status: "completed",
      conclusion: "failure",
      annotations: [{ path: "pay.py" }],
    });
    expect(shop.checks(head).filter(({ status }) => status !== "completed")).toEqual([]);
    expect(shop.issues()).toHaveLength(1);
    expect(run.summary).toContain(`/${shop.repository.name}/issues/1)`);
  });
}

test("killed between two batches of annotations: after a restart each line is annotated once", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const lines = Array.from(
    { length: 120 },
    (_, index) => `k${index} = "${app.key(`batch-${index}`, "sk_test_")}"\n`,
  );
  const head = await clone.commit("Keys", { "keys.py": lines.join("") });
  const killed = Promise.withResolvers<void>();
  app.github.orderFault({
    operation: "checks/update",
    path: new RegExp(`/${shop.repository.name}/`),
    after: 1,
    reset: "after-effect",
    onMet: async () => {
      await app.stop("SIGKILL");
      killed.resolve();
    },
  });
  await clone.push("HEAD:main");
  await killed.promise;
  await app.start();
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ status: "completed", conclusion: "neutral" });
  expect(run.annotations.map(({ start_line }) => start_line)).toEqual(
    Array.from({ length: 120 }, (_, i) => i + 1),
  );
});

test("stopping in the middle of a scan loses nothing: the scan finishes first or starts again", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key("stop", "sk_test_")}"\n` });
  const reading = Promise.withResolvers<void>();
  app.github.orderFault({
    operation: "repos/get-commit",
    path: new RegExp(`/${shop.repository.name}/`),
    onMet: () => reading.resolve(),
  });
  await clone.push("HEAD:main");
  await reading.promise;
  await app.stop();
  await app.start();
  expect(await shop.settledCheck(head)).toMatchObject({ status: "completed", conclusion: "neutral" });
});
