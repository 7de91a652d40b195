import { expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const JOINS = [
  ['"', " + ", '"'],
  ["'", "+", "'"],
  ["'", " . ", "'"],
  ['"', " .. ", '"'],
  ['"', "\n    ", '"'],
  ['"', " \\\n  ", '"'],
  ["'", "", "'"],
  ['"', ", ", '"'],
  ["`", " +\n// live\n", "'"],
] as const;
const KEYS = ["sk_live_", "sk_test_", "rk_live_", "rk_test_"].map((prefix, i) =>
  key(prefix, bodyOf(99, 31 + i)),
);

function found(text: string): readonly string[] {
  return detect(Buffer.from(text), null).detections.map((one) => one.secret.reveal());
}

test.each(JOINS)("cut anywhere, the prefix included: %j %j %j", (close, operator, open) => {
  for (const credential of KEYS) {
    for (let cut = 1; cut < credential.length; cut++) {
      const text = `x = ${open}${credential.slice(0, cut)}${close}${operator}${open}${credential.slice(cut)}${close}`;
      expect(found(text), `cut after ${cut}`).toEqual([credential]);
    }
  }
});

test("cut twice within the prefix, anywhere", () => {
  for (const credential of KEYS) {
    for (let first = 1; first < 8; first++) {
      for (let second = first + 1; second <= 9; second++) {
        const pieces = [
          credential.slice(0, first),
          credential.slice(first, second),
          credential.slice(second),
        ];
        expect(found(`k = "${pieces.join('" + "')}";`), `${first}, ${second}`).toEqual([credential]);
      }
    }
  }
});

test("one character a piece", () => {
  for (const credential of KEYS) {
    expect(found(`k = "${Array.from(credential).join('"+"')}";`)).toEqual([credential]);
    expect(found(`k = [${Array.from(credential, (one) => `'${one}'`).join(", ")}].join('')`)).toEqual([
      credential,
    ]);
  }
});

test("a literal that continues on the next line, cut anywhere", () => {
  for (const credential of KEYS) {
    for (let cut = 1; cut < credential.length; cut++) {
      expect(
        found(`k = "${credential.slice(0, cut)}\\\n${credential.slice(cut)}"`),
        `cut after ${cut}`,
      ).toEqual([credential]);
      expect(
        found(`K: ${credential.slice(0, cut)}=\r\n${credential.slice(cut)}\r\n`),
        `cut after ${cut}`,
      ).toEqual([credential]);
    }
  }
});

test("base64 in lines of any length, at any offset", () => {
  for (const credential of KEYS) {
    for (let width = 12; width < 80; width++) {
      const encoded = Buffer.from(`${"x".repeat(width % 3)} ${credential}:`).toString("base64");
      const text = encoded.replace(new RegExp(`.{${width}}`, "g"), "$&\n");
      expect(found(text), `width ${width}`).toEqual([credential]);
    }
  }
});

test("base64 twice, at every offset of either", () => {
  for (const credential of KEYS) {
    for (let offset = 0; offset < 9; offset++) {
      const inner = Buffer.from(`${"x".repeat(offset % 3)}\n${credential}\n`).toString("base64");
      const outer = Buffer.from(`${"y".repeat(Math.floor(offset / 3))}:${inner}`).toString("base64");
      expect(found(outer), `offset ${offset}`).toEqual([credential]);
    }
  }
});
