import { describe, expect, test } from "vitest";
import { scanCommit } from "../../src/scan/index.ts";
import { NOW } from "../support/job-context.ts";
import { commitOf } from "../support/sources.ts";
import { keyOf } from "../../fixtures/keys.ts";

const BODY = keyOf("sk_live_", "afar").slice("sk_live_".length);
const BETWEEN = "work();\n".repeat(40);

/** A file whose last line is new, as a patch shows it: with three lines of context, and the whole behind its id. */
async function scanLastLine(beginning: string, last: string, between = BETWEEN) {
  const whole = `${beginning}\n${between}${last}\n`;
  const lines = whole.split("\n").length - 1;
  const text = Buffer.from(`${"work();\n".repeat(3)}${last}\n`);
  const hunks = [{ newStart: lines - 3, text, added: [{ first: lines, last: lines }] }];
  let reads = 0;
  const file = { path: "src/pay.js", blob: "d".repeat(40), content: { kind: "hunks", hunks } } as const;
  const scan = await scanCommit(
    commitOf("c", [], { files: [file] }),
    async () => {
      reads += 1;
      return { kind: "bytes", bytes: Buffer.from(whole) };
    },
    NOW,
  );
  return { found: scan.findings.map(({ kind, encoding }) => `${kind} ${encoding}`), reads };
}

describe("a key of which a patch shows only the second half", () => {
  test.each([
    ["an operator", 'const P = "sk_live_";', `const key = P + "${BODY}";`],
    ["a template", 'const P = "sk_live_";', `const key = \`\${P}${BODY}\`;`],
    ["a mode", 'MODE = "live"', `key = f"sk_{MODE}_${BODY}"`],
    ["a shell", "P=sk_live_", `KEY="\${P}${BODY}"`],
    ["two names", 'P = "sk_live_"', `B = "${BODY}"; K = P + B`],
  ])("%s", async (_name, beginning, last) => {
    expect((await scanLastLine(beginning, last)).found).toEqual(["secret_key joined"]);
  });

  test.each([
    ["prose", "there is no part of a key here, however long the line is"],
    ["a commit id", `ref = "${"0123456789abcdef".repeat(3).slice(0, 40)}"`],
    ["an import", 'import { aVeryLongNameIndeed } from "../review/some/path.ts"'],
  ])("%s costs no reading of the file", async (_name, last) => {
    expect(await scanLastLine("", last)).toEqual({ found: [], reads: 0 });
  });
});

test("a new file, of which the patch holds everything, is not read again", async () => {
  let reads = 0;
  const text = Buffer.from(`const other = "${BODY}";\n`);
  const hunks = [{ newStart: 1, text, added: [{ first: 1, last: 1 }] }];
  const file = { path: "src/new.js", blob: "d".repeat(40), content: { kind: "hunks", hunks } } as const;
  await scanCommit(
    commitOf("c", [], { files: [file] }),
    async () => {
      reads += 1;
      return { kind: "bytes", bytes: text };
    },
    NOW,
  );
  expect(reads).toBe(0);
});
