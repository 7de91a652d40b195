import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

test("a text of more than 20,000 lines is read, although GitHub gives no patch", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const lines = Array.from({ length: 25_000 }, (_, index) => `line ${index}`);
  lines[24_000] = `stripe.api_key = "${app.key("large", "sk_test_")}"`;
  const head = await clone.commit("Large", { "large.py": `${lines.join("\n")}\n` });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(run.annotations).toMatchObject([{ path: "large.py", start_line: 24_001 }]);
});

test("a key in an unchanged line of a large text is not reported", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const old = `stripe.api_key = "${app.key("old", "sk_test_")}"`;
  const lines = Array.from({ length: 25_000 }, (_, index) => `line ${index}`);
  await clone.commit("Before the app", { "large.py": `${old}\n${lines.join("\n")}\n` });
  await app.unheard(() => clone.push("HEAD:main"));
  const head = await clone.commit("Change", {
    "large.py": `${old}\n${lines.map((line) => `${line}!`).join("\n")}\n`,
  });
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "success" });
});

test("binary and UTF-16 files are read, although they have no patch", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const inBinary = app.key("binary", "sk_test_");
  const inUtf16 = app.key("utf16", "sk_test_");
  const head = await clone.commit("Files", {
    "dump.bin": Buffer.concat([
      Buffer.from([0, 1, 2, 255, 0]),
      Buffer.from(` ${inBinary} `),
      Buffer.from([0, 0]),
    ]),
    "settings.ini": Buffer.from(`\uFEFF[stripe]\r\nkey=${inUtf16}\r\n`, "utf16le"),
  });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.title).toContain("2 Stripe test keys");
  expect(run.annotations).toHaveLength(2);
  expect(run.annotations).toContainEqual(expect.objectContaining({ path: "dump.bin", start_line: 1 }));
  expect(run.annotations).toContainEqual(expect.objectContaining({ path: "settings.ini", start_line: 2 }));
});

for (const [count, by] of [
  [350, "more than one page holds"],
  [3_100, "GitHub lists at all"],
] as const) {
  test(`a commit of ${count} files, more than ${by}, is read to its last file`, async () => {
    const shop = await app.project();
    const clone = await shop.begun();
    const files: Record<string, string> = {};
    for (let index = 0; index < count; index += 1)
      files[`files/${String(index).padStart(5, "0")}.txt`] = `${index}\n`;
    files["files/99999.py"] = `stripe.api_key = "${app.key(`files-${count}`, "sk_test_")}"\n`;
    const head = await clone.importCommits([{ message: "Many", files }]);
    await clone.push("HEAD:main");
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({
      conclusion: "neutral",
      annotations: [{ path: "files/99999.py", start_line: 1 }],
    });
    expect(run.summary).toContain(`${(count + 1).toLocaleString("en")} changed files`);
  });
}

test("for a file that is renamed and edited, only added lines are reported", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const old = `old = "${app.key("before-rename", "sk_test_")}"`;
  const rest = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
  await clone.commit("Before the app", { "a.py": `${old}\n${rest}\n` });
  await app.unheard(() => clone.push("HEAD:main"));
  await clone.git("mv", "a.py", "b.py");
  const moved = await clone.commit("Move and edit", { "b.py": `${old}\n${rest}\nlast\n` });
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(moved)).toMatchObject({ conclusion: "success" });
  const added = `new = "${app.key("after-rename", "sk_test_")}"`;
  await clone.git("mv", "b.py", "c.py");
  const head = await clone.commit("Again", { "c.py": `${old}\n${rest}\nlast\n${added}\n` });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.annotations).toMatchObject([{ path: "c.py", start_line: 33 }]);
  expect(run.title).toContain("1 Stripe test key");
});

test("the target of a symbolic link is read as text", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  await clone.write({ target: app.key("link", "sk_test_") });
  const blob = await clone.git("hash-object", "-w", "target");
  await clone.git("update-index", "--add", "--cacheinfo", `120000,${blob},link`);
  await clone.git("commit", "--quiet", "-m", "Link");
  const head = await clone.git("rev-parse", "HEAD");
  await clone.push("HEAD:main");
  expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "neutral" });
});
