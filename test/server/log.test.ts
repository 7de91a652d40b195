import { RequestError } from "@octokit/request-error";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { createLog } from "../../src/server/log.ts";
import { keyOf } from "../../fixtures/keys.ts";

function aLog(level = "trace"): {
  log: ReturnType<typeof createLog>;
  text: () => string;
  last: () => unknown;
} {
  const lines: string[] = [];
  return {
    log: createLog(level, { write: (line) => void lines.push(line) }),
    text: () => lines.join(""),
    last(): unknown {
      const line: unknown = JSON.parse(lines.at(-1) ?? "null");
      return line;
    },
  };
}

const KEY = keyOf("sk_live_", "log");
const HIDDEN = KEY.slice(12, 60);

test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
  ["a message", (log) => log.info(`found ${KEY}`)],
  ["a field", (log) => log.info({ field: KEY }, "found")],
  ["a field deep within", (log) => log.info({ a: { b: [{ c: KEY }] } }, "found")],
  ["the name of a field", (log) => log.info({ [KEY]: 1 }, "found")],
  ["a parameter", (log) => log.info("found %s", KEY)],
  ["an error's message", (log) => log.error({ err: new Error(KEY) }, "failed")],
  ["an error by itself", (log) => log.error(new Error(KEY))],
  ["a cause", (log) => log.error({ err: new Error("outer", { cause: new Error(KEY) }) }, "failed")],
  ["an error of several", (log) => log.error({ err: new AggregateError([new Error(KEY)], "all") }, "failed")],
  ["what a child adds", (log) => log.child({ key: KEY }).info("found")],
])("a key in %s is removed from the line, and the line is still JSON", (_name, write) => {
  const { log, text, last } = aLog();
  write(log);
  expect(text()).not.toContain(HIDDEN);
  expect(text()).toContain("sk_live_");
  expect(last()).toBeTypeOf("object");
});

test("no line contains a key, whatever surrounds it", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const { log, text } = aLog();
      log.info({ field: `${before}${KEY}${after}` }, `${after}${KEY}${before}`);
      expect(text()).not.toContain(HIDDEN);
    }),
  );
});

test("an error is logged with type, message, code, status, stack and causes, without its other fields", () => {
  const { log, text, last } = aLog();
  const cause = Object.assign(new RangeError("inner"), { code: "ERANGE", payload: "of a stranger" });
  const err = new RequestError("refused", 422, {
    request: {
      method: "POST",
      url: "https://api.github.com/x",
      headers: { authorization: "token abc" },
      body: "body",
    },
    response: { status: 422, url: "https://api.github.com/x", headers: {}, data: { words: "of the answer" } },
  });
  Object.assign(err, { cause, event: { payload: "of a stranger" }, code: "rejected" });
  log.error({ err }, "failed");
  expect(last()).toMatchObject({
    err: {
      type: "HttpError",
      message: "refused",
      code: "rejected",
      status: 422,
      cause: { type: "RangeError", code: "ERANGE" },
    },
    msg: "failed",
  });
  const shape = z.object({ err: z.record(z.string(), z.unknown()) }).parse(last());
  expect(Object.keys(shape.err).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "cause",
    "code",
    "message",
    "stack",
    "status",
    "type",
  ]);
  for (const words of ["of a stranger", "of the answer", "token abc", '"body"', "api.github.com"])
    expect(text()).not.toContain(words);
});

test("causes are followed, and a circle of causes ends", () => {
  const { log, text } = aLog();
  const circle = new Error("round");
  circle.cause = circle;
  log.error({ err: circle }, "failed");
  expect(text().split('"message":"round"').length - 1).toBe(6);
});

test("a thrown value that is not an error is logged by its type only", () => {
  const { log, last } = aLog();
  log.error({ err: { secret: KEY } }, "failed");
  expect(last()).toMatchObject({ err: { type: "object" } });
});

test("a delivery is logged by its id and name", () => {
  const { log, last } = aLog();
  log.debug({ event: { id: "1", name: "push", payload: { words: "of a commit" } } }, "received");
  expect(last()).toMatchObject({ event: { id: "1", name: "push" } });
  expect(JSON.stringify(last())).not.toContain("of a commit");
});

test("messages below the level are not written", () => {
  const { log, text } = aLog("warn");
  log.info("no");
  expect(text()).toBe("");
});
