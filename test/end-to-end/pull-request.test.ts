import { expect, test } from "vitest";
import { keyOf } from "../generators/keys.ts";
import { installApp } from "./installed-app.ts";

test("a pull request that adds a key and takes it out again is red, although its net diff is empty", async () => {
  const app = await installApp();
  const clone = await app.clone();
  await clone.commit("Begin", { "README.md": "# Shop\n", "pay.py": "import stripe\n" });
  await clone.push("HEAD:main");
  await clone.git("checkout", "--quiet", "-b", "try");
  const leak = await clone.commit("Try", {
    "pay.py": `import stripe\nstripe.api_key = "${keyOf("sk_live_", "pr")}"\n`,
  });
  const head = await clone.commit("Clean up", { "pay.py": "import stripe\n" });
  await clone.push("HEAD:try");
  const pull = await app.github.openPullRequest(app.repository, {
    title: "Pay",
    head: "try",
    base: "main",
    by: "ann",
  });
  await app.github.until(
    () => app.github.checkRuns(app.repository, head).at(-1)?.conclusion === "failure",
    "red",
  );
  const run = await app.completedCheck(head);
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toEqual([]);
  expect(run.summary).toContain(leak.slice(0, 7));
  expect(pull.number).toBeGreaterThan(0);
  expect(app.github.issues(app.repository)).toHaveLength(1);
  expect(app.github.violations).toEqual([]);
});

test("five commits at once go by way of git, and a merge is read against both parents", async () => {
  const app = await installApp();
  const clone = await app.clone();
  const first = await clone.commit("Begin", { "README.md": "# Shop\n", "pay.rb": "one\n" });
  await clone.push("HEAD:main");
  await app.completedCheck(first);
  await clone.git("checkout", "--quiet", "-b", "side");
  await clone.commit("Side", { "pay.rb": "side\n" });
  await clone.git("checkout", "--quiet", "main");
  for (let count = 0; count < 4; count += 1)
    await clone.commit(`Step ${count}`, { "pay.rb": `main ${count}\n` });
  await clone.git("merge", "--quiet", "--no-commit", "side").catch(() => null);
  const head = await clone.commit("Merge", {
    "pay.rb": `Stripe.api_key = "${keyOf("sk_live_", "merge")}"\n`,
  });
  const before = app.github.requests.length;
  await clone.push("HEAD:main");
  const run = await app.completedCheck(head);
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([{ path: "pay.rb", start_line: 1 }]);
  const requests = app.github.requests.slice(before);
  const fetches = requests.filter(
    (request) => request.as.startsWith("installation") && request.operation === "git-upload-pack",
  );
  expect(fetches.filter((request) => request.method === "POST")).toHaveLength(2);
  expect(app.github.violations).toEqual([]);
});
