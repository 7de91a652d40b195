import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";

const SOURCE = new URL("../../src/", import.meta.url);

/** The code that decides what is found: the detector, and what opens files and passes them to it. */
const ROOMS = ["detect", "unpack", "scan/detection"];

/**
 * Files that alter no finding: each is held to that by a test of its own (`pattern-search` finds what a naive search
 * finds), or only describes or redacts.
 */
const WITHOUT_EFFECT = [
  "detect/engine/file-scan.ts",
  "detect/engine/glance.ts",
  "detect/engine/pattern-search.ts",
  "detect/engine/prefilter-kernel.ts",
  "detect/engine/prefilter-plan.ts",
  "detect/engine/prefilter.ts",
  "detect/engine/webassembly.d.ts",
  "detect/engine/work.ts",
  "detect/index.ts",
  "detect/rules.ts",
  "detect/version.ts",
];

/** The code of a file: no comments, no blank lines, no indentation. */
function codeOf(name: string): string {
  return (
    readFileSync(new URL(name, SOURCE), "utf8")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !/^(?:\/\/|\/\*|\*)/.test(line))
      .join("\n")
      // By which entry a room is imported changes no finding.
      .replaceAll('/domain/plain.ts"', '/domain/index.ts"')
  );
}

function digestOfRoom(): string {
  const hash = createHash("sha256");
  const names = ROOMS.flatMap((room) =>
    readdirSync(new URL(room, SOURCE), { recursive: true, encoding: "utf8" }).map(
      (name) => `${room}/${name.replaceAll("\\", "/")}`,
    ),
  );
  for (const name of names.filter((name) => name.endsWith(".ts")).sort()) {
    if (!WITHOUT_EFFECT.includes(name) && !name.startsWith("detect/redact/"))
      hash.update(`${name}\n${codeOf(name)}\n`);
  }
  return hash.digest("hex").slice(0, 12);
}

test("the version follows from the code: write the received value into src/detect/version.ts", () => {
  expect(digestOfRoom()).toBe(DETECTOR_VERSION);
});
