import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";

const ROOM = new URL("../../src/detect/", import.meta.url);

/**
 * Files that alter no finding: each is held to that by a test of its own (`pattern-search` finds what a naive search
 * finds), or only describes or redacts.
 */
const WITHOUT_EFFECT = ["engine/pattern-search.ts", "engine/work.ts", "index.ts", "rules.ts", "version.ts"];

/** The code of a file: no comments, no blank lines, no indentation. */
function codeOf(name: string): string {
  return readFileSync(new URL(name, ROOM), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:\/\/|\/\*|\*)/.test(line))
    .join("\n");
}

function digestOfRoom(): string {
  const hash = createHash("sha256");
  const names = readdirSync(ROOM, { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  for (const name of names.filter((name) => name.endsWith(".ts")).sort()) {
    if (!WITHOUT_EFFECT.includes(name) && !name.startsWith("redact/"))
      hash.update(`${name}\n${codeOf(name)}\n`);
  }
  return hash.digest("hex").slice(0, 12);
}

test("the version follows from the code: write the received value into src/detect/version.ts", () => {
  expect(digestOfRoom()).toBe(DETECTOR_VERSION);
});
