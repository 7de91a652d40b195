import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { EVENTS } from "../../src/events/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const manifest = z.object({ default_events: z.array(z.string()) }).parse(parse(read("app.yml")));

/** GitHub sends these to every app: https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation */
const UNASKED = ["installation", "installation_repositories"];

test("the app subscribes to every event that it acts on", () => {
  const named = new Set(EVENTS.flatMap(({ names }) => names.map((name) => name.split(".")[0] ?? name)));
  const subscribed = [...manifest.default_events, ...UNASKED];
  expect([...named].filter((name) => !subscribed.includes(name))).toEqual([]);
});

test("docs/permissions.md says what happens at each event", () => {
  const table = read("docs/permissions.md").split("\n## Events")[1] ?? "";
  const explained = [...table.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect([...manifest.default_events, ...UNASKED].filter((name) => !explained.includes(name))).toEqual([]);
});
