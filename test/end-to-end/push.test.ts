import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file", as: "real" });

test("a pushed live key turns its commit red on the right line and files one issue", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const key = app.key("push");
  const clean = await clone.commit("Begin", { "README.md": "# Shop\n" });
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(clean)).toMatchObject({ conclusion: "success" });

  const leak = await clone.commit("Take payments", {
    "src/pay.ts": `import Stripe from "stripe";\n\nexport const stripe = new Stripe("${key}");\n`,
  });
  await clone.push("HEAD:main");
  const red = await shop.settledCheck(leak);
  expect(red).toMatchObject({ name: "Rollcall", conclusion: "failure" });
  expect(red.annotations).toMatchObject([
    {
      path: "src/pay.ts",
      start_line: 3,
      end_line: 3,
      start_column: 35,
      end_column: 141,
      annotation_level: "failure",
    },
  ]);
  const [issue, ...others] = shop.issues();
  expect(others).toEqual([]);
  expect(issue?.title).toContain("live");
  expect(red.text).toContain(createHash("sha256").update(key).digest("hex").slice(0, 20));
});

test("changes without content are not gaps: renames, modes, empty files, submodules, links and LFS pointers", async () => {
  const shop = await app.project();
  const clone = await shop.begun({ "a.txt": "one\ntwo\n", "b.sh": "echo\n" });
  await clone.git("mv", "a.txt", "moved.txt");
  await clone.git("update-index", "--chmod=+x", "b.sh");
  await clone.git("commit", "--quiet", "-m", "Move");
  const moved = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(moved)).toMatchObject({ conclusion: "success" });

  await clone.write({
    "empty.txt": "",
    "pointer.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
  });
  await clone.git("add", "--all");
  await clone.git("update-index", "--add", "--cacheinfo", `160000,${moved},vendor/lib`);
  const link = await clone.git("hash-object", "-w", "b.sh");
  await clone.git("update-index", "--add", "--cacheinfo", `120000,${link},link`);
  await clone.git("commit", "--quiet", "-m", "Odd things");
  const odd = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:main");
  expect(await shop.completedCheck(odd)).toMatchObject({ conclusion: "success" });
});
