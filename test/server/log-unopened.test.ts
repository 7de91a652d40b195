import { expect, test } from "vitest";
import { pino } from "pino";
import { scanContent } from "../../src/scan/index.ts";
import { logUnopened } from "../../src/server/log-unopened.ts";
import { zip } from "../../fixtures/archives.ts";
import { NOW } from "../support/job-context.ts";

test("an encrypted archive is named in the log", async () => {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => lines.push(line) });
  const bytes = zip([{ name: "a", bytes: Buffer.from("text") }], { encrypted: true });
  await logUnopened(
    scanContent,
    log,
  )({ path: "a.zip", now: NOW, content: { kind: "whole", bytes, hunks: null } });
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { path: "a.zip", reason: "encrypted" },
  ]);
});
