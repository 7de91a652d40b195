import { expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";

function key(prefix: string, body: string): string {
  return prefix + body;
}

test("a 99-character live key is certain, with account and age, at its place", () => {
  const body =
    `51Abc1D${"eF3gH4jK5mN6pQ7".padEnd(82, "rS8tU9vW")}`.slice(0, 89).padEnd(89, "z") + "00AbCd3fQa";
  const found = detect(Buffer.from(`a = 1\n  x = "${key("sk_live_", body)}"\n`), null);
  expect(body).toHaveLength(99);
  expect(found.dismissals).toEqual([]);
  expect(found.detections).toMatchObject([
    {
      kind: "secret_key",
      mode: "live",
      confidence: "certain",
      line: 2,
      column: 8,
      endColumn: 115,
      encoding: "plain",
    },
  ]);
});

test("a 24-character key is medium alone and high beside Stripe", () => {
  const leaked = key("rk_test_", "Zx8cV7bN6mA5sD4fG3hJ2kL1");
  expect(detect(Buffer.from(leaked), null).detections).toMatchObject([{ confidence: "medium" }]);
  expect(detect(Buffer.from(leaked), "stripe.env").detections).toMatchObject([{ confidence: "high" }]);
});
