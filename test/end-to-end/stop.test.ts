import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file", as: "real" });

test("a stop while git waits for GitHub ends by itself, hands the job back, and the next process does it", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("stopped");
  // So many commits are read by git.
  for (const name of ["a", "b", "c", "d"]) await clone.commit(name, { [name]: name });
  const head = await clone.commit("Pay", { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` });
  const met = Promise.withResolvers<void>();
  const hanging = app.github.orderFault({
    path: new RegExp(`/${shop.repository.name}\\.git/git-upload-pack$`),
    hang: true,
    times: Infinity,
    onMet: () => met.resolve(),
  });
  await clone.push("HEAD:main");
  await met.promise;
  await app.stop("SIGTERM");
  expect(app.exitCode).toBe(0);
  const line = app.log.text.split("\n").find((each) => each.includes("handed back"));
  expect(line).toContain('"kind":"scan"');
  expect(shop.checks(head).at(-1)).toMatchObject({ status: "in_progress" });
  hanging.lift();
  await app.start();
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  expect(shop.issues()).toHaveLength(1);
  expect(shop.checks(head)).toHaveLength(1);
});
