import { describe, expect, test } from "vitest";
import { SHORT_PREFIXES } from "../../src/detect/forms/anchors.ts";
import type { FormExample } from "../../src/detect/forms/form.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { detect, redactText } from "../../src/detect/index.ts";
import { KNOWN_PREFIXES } from "../../src/detect/kinds/index.ts";
import { createRandom, randomBody } from "../../src/detect/kinds/random.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

/** Every prefix of every kind with each length that the kind has an example of: a new kind is in here by itself. */
const CREDENTIALS = KNOWN_PREFIXES.flatMap(({ rule, prefix }) =>
  rule.examples.map(({ length, anatomy }, i) =>
    key(prefix.text, randomBody(createRandom(21 + 7 * i + prefix.text.length), length, anatomy)),
  ),
);
const KEYS = CREDENTIALS.filter((credential) => /^[sr]k_|^whsec/.test(credential));

const EXAMPLES = FORMS.flatMap((form) =>
  form.examples.map((example) => [form.name, example.name, example] as const),
);

/** A prefix of three characters is too short to be looked for in base64 of base64. */
function isRead(credential: string, example: FormExample): boolean {
  return !(SHORT_PREFIXES.some((prefix) => credential.startsWith(prefix)) && example.name === "twice");
}

describe.each(EXAMPLES)("%s: %s", (_, __, example) => {
  const credentials = CREDENTIALS.filter((credential) => isRead(credential, example));
  test.each(
    credentials.map((credential) => [credential.replace(/[^_]*$/, `…${credential.length}`), credential]),
  )("%s", (_, credential) => {
    const { detections } = detect(Buffer.from(example.write(credential), "latin1"), null);
    expect(detections.map((found) => [found.secret.reveal(), found.encoding])).toEqual([
      [credential, example.encoding],
    ]);
    expect(
      detections.filter(
        (one) => one.endLine < one.line || (one.endLine === one.line && one.endColumn <= one.column),
      ),
    ).toEqual([]);
  });

  test("is redacted in text", () => {
    for (const credential of CREDENTIALS) {
      const safe = redactText(Buffer.from(example.write(credential), "latin1").toString("utf8"));
      expect(detect(Buffer.from(safe), null).detections).toEqual([]);
      expect(safe).not.toContain(credential.slice(-20, -8));
    }
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
  const [live = "", , , test = ""] = KEYS;
  const text = `const P = "sk_live_";\nconst other = "${test}";\nconst key = P + "${live.slice(8)}";\n`;
  const found = detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal());
  expect(found.sort()).toEqual([live, test].sort());
});

test("a joined key whose list continues ends with its piece", () => {
  const credential = key("sk_live_", bodyOf(24, 27));
  const text = `["sk_live_", "${credential.slice(8)}", "other"].join("")`;
  expect(detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal())).toEqual([credential]);
});

test("parts that are joined by the underscore", () => {
  const credential = key("sk_live_", bodyOf(99, 28));
  const text = `["sk", "live", "${credential.slice(8)}"].join("_")`;
  expect(detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal())).toEqual([credential]);
});
