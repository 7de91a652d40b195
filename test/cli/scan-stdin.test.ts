import { describe, expect, test } from "vitest";
import { runCommand, runJson } from "../support/run-command.ts";
import { keyOf } from "../../fixtures/keys.ts";

const live = keyOf("sk_live_");
const removed = keyOf("sk_live_", 7);
const context = keyOf("sk_live_", 8);

function patch(...added: readonly string[]): string {
  return [
    "diff --git a/src/pay.ts b/src/pay.ts",
    "index 1111111..2222222 100644",
    "--- a/src/pay.ts",
    "+++ b/src/pay.ts",
    `@@ -10,2 +10,${1 + added.length} @@ function pay() {`,
    ` const old = "${context}";`,
    `-const gone = "${removed}";`,
    ...added.map((line) => `+${line}`),
    "",
  ].join("\n");
}

describe("--stdin", () => {
  test("reports added lines of a patch, at their place in the new file", async () => {
    const { code, report } = await runJson(["--stdin"], [patch(`const key = "${live}";`)]);
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([
      { path: "src/pay.ts", line: 11, column: 14, endColumn: 14 + live.length },
    ]);
  });
  test("gives the same report for a patch that arrives byte by byte", async () => {
    const text = patch(`const key = "${live}";`);
    expect((await runJson(["--stdin"], text.split(""))).out).toBe((await runJson(["--stdin"], [text])).out);
  });
  test("a patch without a key is clean, whatever it removes or keeps", async () => {
    expect(await runJson(["--stdin"], [patch("const key = process.env.KEY;")])).toMatchObject({
      code: 0,
      report: { findings: [] },
    });
  });
  test("a commit message in front of a patch is read", async () => {
    const log = `commit ${"ab".repeat(20)}\nAuthor: A <a@b.c>\n\n    the key was ${live}\n\n${patch("x")}`;
    const { report } = await runJson(["--stdin"], [log]);
    expect(report.findings).toMatchObject([{ path: "<stdin>", line: 4 }]);
  });
  test("a binary file in a patch is a gap", async () => {
    const text =
      "diff --git a/a.png b/a.png\nindex 1111111..2222222 100644\nBinary files a/a.png and b/a.png differ\n";
    expect(await runJson(["--stdin"], [text])).toMatchObject({
      code: 2,
      report: { complete: false, gaps: [{ reason: "no_patch", path: "a.png" }] },
    });
  });
  test("a hunk that ends too early is a gap", async () => {
    const text = patch("x").replace("+10,2 @@", "+10,9 @@");
    expect((await runJson(["--stdin"], [text])).code).toBe(2);
  });
  test("plain text is read whole", async () => {
    const { code, report } = await runJson(
      ["--stdin"],
      [`one\ntwo ${live.slice(0, 20)}`, live.slice(20), "\n"],
    );
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([{ path: "<stdin>", line: 2, column: 5 }]);
  });
  test("empty input is clean", async () => {
    expect((await runJson(["--stdin"], [])).code).toBe(0);
  });
  test("a key in the name of a new file is found, and shown redacted", async () => {
    const key = keyOf("rk_live_", 1, 24);
    const text = `diff --git a/${key} b/${key}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/${key}\n@@ -0,0 +1 @@\n+hello\n`;
    const { out, report } = await runJson(["--stdin"], [text]);
    expect(report.findings).toMatchObject([{ kind: "restricted_key" }]);
    expect(out).not.toContain(key.slice(8, -4));
  });
  test("the line is shown redacted", async () => {
    const { out } = await runCommand(["--stdin"], [patch(`const key = "${live}"; // mine`)]);
    expect(out).toContain(`11 │ const key = "sk_live_…${live.slice(-4)}"; // …\n`);
    expect(out).not.toContain(live.slice(8, -4));
  });
});

describe("--explain", () => {
  test("lists what is not a key, with the reason, and does not change the exit code", async () => {
    const text = `a = "sk_live_${"x".repeat(24)}"\n`;
    const plain = await runJson(["--stdin"], [text]);
    expect(plain.report).not.toHaveProperty("dismissed");
    const explained = await runJson(["--stdin", "--explain"], [text]);
    expect(explained).toMatchObject({
      code: 0,
      report: { dismissed: [{ path: "<stdin>", line: 1, column: 6 }] },
    });
    const shown = await runCommand(["--stdin", "--explain"], [text]);
    expect(shown.out).toContain("Looked like a Stripe credential, but is not a leak\n  <stdin>:1:6");
  });
});
