import { describe, expect, test } from "vitest";
import { FORMS } from "../../src/detect/forms/index.ts";
import { detect, redactText } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const KEYS = [
  key("sk_live_", bodyOf(99, 21)),
  key("rk_test_", bodyOf(34, 22)),
  key("sk_test_", bodyOf(24, 23)),
  key("rk_live_", bodyOf(99, 24)),
  key("sk_org_live_", bodyOf(150, 25)),
  key("whsec_", bodyOf(32, 26)),
];

const EXAMPLES = FORMS.flatMap((form) =>
  form.examples.map((example) => [form.name, example.name, example] as const),
);

describe.each(EXAMPLES)("%s: %s", (_, __, example) => {
  test.each(KEYS.map((credential) => [credential.slice(0, 12), credential] as const))(
    "%s",
    (_, credential) => {
      const text = example.write(credential);
      const { detections } = detect(Buffer.from(text, "latin1"), null);
      expect(detections.map((found) => [found.secret.reveal(), found.encoding])).toEqual([
        [credential, example.encoding],
      ]);
    },
  );

  test("is redacted in text", () => {
    const [credential = ""] = KEYS;
    const safe = redactText(example.write(credential));
    const found = detect(Buffer.from(safe, "latin1"), null).detections;
    expect(found).toEqual([]);
    expect(safe).not.toContain(credential.slice(20, 60));
  });
});

test("a key in two forms side by side makes two findings; a key read in two ways makes one", () => {
  const [credential = ""] = KEYS;
  const text = `A=${credential}\nB=${Buffer.from(credential).toString("base64")}\n`;
  expect(detect(Buffer.from(text), null).detections.map((found) => [found.encoding, found.line])).toEqual([
    ["plain", 1],
    ["base64", 2],
  ]);
});

test("a key between the constant and the use of a joined one is found too", () => {
  const [live = "", , test = ""] = KEYS;
  const text = `const P = "sk_live_";\nconst other = "${test}";\nconst key = P + "${live.slice(8)}";\n`;
  const found = detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal());
  expect(found.sort()).toEqual([live, test].sort());
});

test("a joined key whose list goes on ends where its piece ends", () => {
  const credential = key("sk_live_", bodyOf(24, 27));
  const text = `["sk_live_", "${credential.slice(8)}", "other"].join("")`;
  expect(detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal())).toEqual([credential]);
});

test("parts that are joined by the underscore", () => {
  const credential = key("sk_live_", bodyOf(99, 28));
  const text = `["sk", "live", "${credential.slice(8)}"].join("_")`;
  expect(detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal())).toEqual([credential]);
});
