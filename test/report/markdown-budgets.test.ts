import { describe, expect, test } from "vitest";
import { byteLength, code, fitting, table } from "../../src/report/markdown.ts";

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[], budget = 60_000): string {
  return table(columns, rows, (cells) => cells, budget);
}

describe("budgets", () => {
  test("a table stays within its budget and counts the rows left out", () => {
    const rows = Array.from({ length: 5000 }, (_, index) => [code(`src/ö${index}.ts`), "x"]);
    const text = tableOf(["Where", "What"], rows, 10_000);
    expect(byteLength(text)).toBeLessThanOrEqual(10_000);
    const kept = text.split("\n").length - 3;
    expect(text.split("\n").at(-1)).toBe(`| and ${5000 - kept} more |  |`);
  });

  test("counts a row that is too long, instead of cutting it", () => {
    expect(tableOf(["a"], [["x".repeat(500)]], 100)).toBe("| a |\n|---|\n| and 1 more |");
  });

  test("an item that fits exactly is shown", () => {
    expect(fitting(["ab", "cd"], String, 6)).toEqual(["ab", "cd"]);
    expect(fitting(["ab", "cd"], String, 5)).toEqual(["ab"]);
  });
});
