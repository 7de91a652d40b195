import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file" });

/** As many lines with a test key of its own each. */
function keys(seed: string, count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `k${index} = "${app.key(`${seed}/${index}`, "sk_test_")}"\n`,
  ).join("");
}

for (const count of [50, 51, 200]) {
  test(`${count} findings are ${count} annotations, in requests of 50`, async () => {
    const shop = await app.project();
    const clone = await shop.begun();
    const head = await clone.commit("Keys", { "keys.py": keys(`n${count}`, count) });
    const asked = app.github.requests.length;
    await clone.push("HEAD:main");
    const run = await shop.settledCheck(head);
    expect(run).toMatchObject({ conclusion: "neutral" });
    expect(run.annotations.map(({ start_line }) => start_line)).toEqual(
      Array.from({ length: count }, (_, i) => i + 1),
    );
    const sent = app.github.requests.slice(asked).filter(({ operation }) => operation === "checks/update");
    expect(sent).toHaveLength(Math.ceil(count / 50));
  });
}

test("5,000 findings give 200 annotations and a summary within GitHub's limit that counts the rest", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Keys", { "keys.py": keys("many", 4_990) });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.title).toContain("4,990 Stripe test keys");
  expect(run.annotations).toHaveLength(200);
  expect(run.summary?.length).toBeLessThanOrEqual(65_535);
  expect(run.summary).toMatch(/and [\d,]+ more/);
  expect(run.text?.length).toBeLessThanOrEqual(65_535);
});

const HOSTILE_NAMES = [
  "a](https:/evil.example) **b**.py",
  "<img src=x onerror=alert(1)>.py",
  "@acme and #1.py",
  "`code` | cell.py",
  "\u202Eyp.live.py",
  "tab\tnew\nline.py",
  "\u001B[31mred\u0007.py",
  "--option.py",
  'quote".py',
  "ümläut 文件.py",
];

test("hostile file names are shown as text: no link, no mention, no tag, no control character", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const files: Record<string, string> = {};
  for (const [index, name] of HOSTILE_NAMES.entries())
    files[`dir/${name}`] = `stripe.api_key = "${app.key(`hostile-${index}`, "sk_test_")}"\n`;
  await clone.commit("Hostile", files);
  await clone.git("rm", "--quiet", "-r", "dir");
  const head = await clone.commit("Away");
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.title).toContain(`${HOSTILE_NAMES.length} Stripe test keys`);
  const shown = `${run.title}\n${run.summary}\n${run.text}`;
  // Code spans are text to GitHub, and so is what links lead to.
  const markup = shown.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "").replaceAll(/\]\([^)]*\)/g, "]");
  expect(markup).not.toMatch(/evil\.example|<img|@acme|#1\b/);
  expect(shown).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  expect(shown.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
});

test("files with hostile names are annotated if GitHub accepts the path", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const files: Record<string, string> = {};
  for (const [index, name] of HOSTILE_NAMES.entries())
    files[name] = `stripe.api_key = "${app.key(`head-${index}`, "sk_test_")}"\n`;
  const head = await clone.commit("Hostile", files);
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ status: "completed", conclusion: "neutral" });
  expect(run.annotations.map(({ path }) => path)).toEqual(expect.arrayContaining(HOSTILE_NAMES));
});

test("a hostile branch, author and message are shown as text and the check completes", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const key = app.key("hostile-branch", "sk_test_");
  await clone.git(
    "commit",
    "--quiet",
    "--allow-empty",
    "-m",
    `@acme <b>${key}</b> [x](https://evil.example)\u001B[31m`,
    "--author=@acme <b>bold</b> <evil@example.org>",
  );
  const head = await clone.git("rev-parse", "HEAD");
  const branch = "a'\"$(id);`id`&|<b>@acme\u202E[x](y)";
  await clone.push(`HEAD:refs/heads/${branch.replaceAll(/[[~^:?*\\ ]/g, "")}`);
  const run = await shop.settledCheck(head);
  expect(run).toMatchObject({ conclusion: "neutral" });
  expect(`${run.title}${run.summary}${run.text}`).not.toMatch(/@acme|<b>|evil\.example|\u202E/);
  expect(`${run.title}${run.summary}${run.text}`.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
});

test("an annotation is on the line that has the key at the head, even if lines have moved since", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const line = `stripe.api_key = "${app.key("moved", "sk_test_")}"\n`;
  await clone.commit("Pay", { "pay.py": line });
  const head = await clone.commit("More", { "pay.py": `one\ntwo\n${line}` });
  await clone.push("HEAD:main");
  const run = await shop.settledCheck(head);
  expect(run.annotations).toMatchObject([{ path: "pay.py", start_line: 3 }]);
  expect(run.title).toContain("1 Stripe test key ");
});
