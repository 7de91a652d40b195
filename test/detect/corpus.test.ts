import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { detect } from "../../src/detect/index.ts";
import { createRandom } from "../../src/detect/kinds/random.ts";
import { VENDORS } from "../../src/detect/judgement/vendors.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

/**
 * fixtures/corpus: a folder a case, `leak.*` and `clean.*`. `expected.json` says what is found in the other file,
 * in which `{{prefix:length}}` is replaced by a generated key, `{{prefix:length:n}}` for the n-th of its kind,
 * `{{b64:prefix:length}}` for its base64, `{{body:…}}` for the body alone, `{{head:…}}` and `{{tail:…}}` for its halves, `{{sample}}` for a
 * published body and `{{vendor:Name}}` for another vendor's key.
 */
const CORPUS = new URL("../../fixtures/corpus/", import.meta.url);
const expectedSchema = z.strictObject({
  detections: z.array(
    z.strictObject({
      kind: z.string(),
      mode: z.string().nullable(),
      confidence: z.string(),
      encoding: z.string(),
      line: z.number(),
    }),
  ),
  dismissals: z.array(z.string()).optional(),
});

function expand(template: string): string {
  return template.replaceAll(/\{\{([^{}]+)\}\}/g, (_, mark: string) => {
    const parts = mark.split(":");
    const [first = "", second = ""] = parts;
    if (first === "sample") return "4eC39HqLyjWDarjtT1zdp7dc";
    if (first === "vendor")
      return VENDORS.find((vendor) => vendor.name === second)?.example(createRandom(91)) ?? "";
    if (["b64", "body", "head", "tail"].includes(first)) {
      const whole = generated(parts.slice(1));
      const body = whole.slice(whole.lastIndexOf("_") + 1);
      const half = Math.floor(body.length / 2);
      if (first === "b64") return Buffer.from(whole).toString("base64");
      return first === "body" ? body : first === "head" ? body.slice(0, half) : body.slice(half);
    }
    return generated(parts);
  });
}

function generated([prefix = "", length = "99", n = "1"]: readonly string[]): string {
  return key(`${prefix}_`, bodyOf(Number(length), 1000 * Number(n) + Number(length)));
}

const cases = readdirSync(CORPUS).filter((name) => /^(?:leak|clean)\./.test(name));

describe.each(cases)("%s", (name) => {
  const folder = new URL(`${name}/`, CORPUS);
  const files = readdirSync(folder).filter((file) => file !== "expected.json");
  const expected = expectedSchema.parse(JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")));

  test("is judged as expected", () => {
    expect(files).toHaveLength(1);
    const [file = ""] = files;
    const found = detect(Buffer.from(expand(readFileSync(new URL(file, folder), "utf8"))), file);
    expect(
      found.detections.map(({ kind, mode, confidence, encoding, line }) => ({
        kind,
        mode,
        confidence,
        encoding,
        line,
      })),
    ).toEqual(expected.detections);
    const reasons = found.dismissals.map((dismissal) => dismissal.reason);
    expect(expected.dismissals === undefined ? undefined : reasons).toEqual(expected.dismissals);
  });

  test("is named after what it holds", () => {
    expect(name.startsWith("leak.")).toBe(expected.detections.length > 0);
  });
});

test("there are cases of both", () => {
  expect(new Set(cases.map((name) => name.split(".")[0]))).toEqual(new Set(["leak", "clean"]));
});
