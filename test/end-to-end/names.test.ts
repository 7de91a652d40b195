import { expect, test } from "vitest";
import { bodyOf } from "../../fixtures/keys.ts";
import { installApp } from "../support/installed-app.ts";

test("a repository that is named like a key works, and its name is stored and shown redacted", async () => {
  const app = await installApp({ as: "real" });
  const name = `sk_live_${bodyOf(24, "repository")}`;
  app.hide(name.slice(8, -4));
  const shop = await app.project({ name });
  const clone = await shop.clone();
  await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  // More commits than are read by REST: git has to find the repository, too.
  for (const step of ["a", "b", "c", "d"]) await clone.commit(step, { [`${step}.txt`]: step });
  const head = await clone.commit("Leak", { "pay.py": `stripe.api_key = "${app.key("names")}"\n` });
  await clone.push("HEAD:main");
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "failure" });
  const issues = shop.issues();
  expect(issues).toHaveLength(1);
  // Closing it is found and counts: the issue is recognized by its address.
  app.github.closeIssue(shop.repository, issues[0]?.number ?? 0, "ann");
  await app.settled();
  expect(shop.checks(head).at(-1)).toMatchObject({ conclusion: "success" });
  const shown = JSON.stringify([shop.checks(head), shop.issues().map(({ title, body }) => [title, body])]);
  expect(shown).not.toContain(name.slice(8, -4));
});
