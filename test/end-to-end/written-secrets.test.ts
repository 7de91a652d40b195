import { expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { secretsIn } from "../support/written-secrets.ts";

const SECRET = keyOf("sk_live_", "written").slice(25, 97);

test("any eight consecutive characters of a key are noticed", () => {
  for (const [from, to] of [
    [0, 8],
    [30, 38],
    [64, 72],
  ]) {
    const written = Buffer.from(`${"x".repeat(100)}${SECRET.slice(from, to)}\0`);
    expect(secretsIn(written, [SECRET])).toHaveLength(1);
  }
});

test("a key compressed by PostgreSQL is noticed", () => {
  const compressed = SECRET.match(/.{1,8}/g)?.map((part) => `\0${part}`) ?? [];
  expect(secretsIn(Buffer.from(compressed.join("")), [SECRET])).toHaveLength(1);
});

test("other text is not mistaken for a key", () => {
  const other = keyOf("sk_live_", "another");
  expect(secretsIn(Buffer.from(`${other} ${SECRET.slice(0, 7)} ${SECRET.slice(9, 16)}`), [SECRET])).toEqual(
    [],
  );
});
