import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const credential = key("sk_live_", bodyOf(99, 51));

function places(bytes: Uint8Array): readonly (readonly number[])[] {
  return detect(bytes, null).detections.map((one) => [one.line, one.column, one.endLine, one.endColumn]);
}

describe("lines and columns", () => {
  const width = credential.length;
  test.each([
    ["at the beginning", credential, [1, 1, 1, 1 + width]],
    ["after CRLF", `a\r\n b=${credential}\r\n`, [2, 4, 2, 4 + width]],
    ["after a lone CR, which ends no line", `a\r${credential}`, [1, 3, 1, 3 + width]],
    ["after two bytes a character", `é=${credential}`, [1, 3, 1, 3 + width]],
    ["after three", `鍵=${credential}`, [1, 3, 1, 3 + width]],
    ["after four, which are two units", `🔑=${credential}`, [1, 4, 1, 4 + width]],
    ["on the third line", `\n\n  ${credential}`, [3, 3, 3, 3 + width]],
    ["a tab is one column", `\t${credential}`, [1, 2, 1, 2 + width]],
  ])("%s", (_, text, expected) => {
    expect(places(Buffer.from(text, "utf8"))).toEqual([expected]);
  });

  test.each([
    ["one byte, one column", [0x93, 0xe9, 0x20, 0xff], 5],
    ["a character cut short, one column", [0xe9, 0x94, 0x20], 3],
  ])("invalid bytes as a decoder replaces them: %s", (_, invalid, column) => {
    const bytes = Buffer.concat([Buffer.from(invalid), Buffer.from(credential)]);
    expect(places(bytes)).toEqual([[1, column, 1, column + width]]);
  });

  test("a joined key spans from its first piece to its last", () => {
    const text = `k = "${credential.slice(0, 20)}" +\n    "${credential.slice(20)}";`;
    expect(places(Buffer.from(text))).toEqual([[1, 6, 2, 6 + width - 20]]);
  });

  test.each(["utf16le", "utf16be"])("%s counts its own units", (order) => {
    const little = Buffer.from(`a\nb = ${credential}\n`, "utf16le");
    const bytes = order === "utf16le" ? little : Buffer.from(little).swap16();
    expect(places(bytes)).toEqual([[2, 5, 2, 5 + width]]);
    expect(
      places(Buffer.concat([Buffer.from(order === "utf16le" ? [0xff, 0xfe] : [0xfe, 0xff]), bytes])),
    ).toEqual([[2, 5, 2, 5 + width]]);
  });

  test("UTF-16 at an odd offset", () => {
    const bytes = Buffer.concat([Buffer.from([0x7f]), Buffer.from(`\n${credential}`, "utf16le")]);
    expect(detect(bytes, null).detections.map((one) => one.secret.reveal())).toEqual([credential]);
  });

  test("the comment rollcall:allow on either line of the key", () => {
    const allowed = (text: string): unknown =>
      detect(Buffer.from(text), null).detections.map((one) => one.allowComment);
    expect(allowed(`x = "${credential}" // rollcall:allow`)).toEqual([true]);
    expect(allowed(`// rollcall:allow\nx = "${credential}"`)).toEqual([false]);
    expect(allowed(`x = "${credential}"\n// rollcall:allow`)).toEqual([false]);
  });
});

test("the account and the day it was made are read from the key", () => {
  // 1342389380 + base62("0Frqw") = 2012-07-15 + 3,784,212 s
  const body = `510Frqw${bodyOf(10, 52)}${bodyOf(72, 53)}00${bodyOf(8, 54)}`;
  const [found] = detect(Buffer.from(key("sk_live_", body)), null).detections;
  expect(found).toMatchObject({
    account: `acct_${body.slice(1, 17)}`,
    accountCreated: "2012-08-28",
    confidence: "certain",
  });
});

test("an account made after the day given loses its evidence, and slack is two days", () => {
  const body = bodyOf(99, 55);
  const at = (now: string): unknown =>
    detect(Buffer.from(key("sk_live_", body)), null, new Date(now)).detections.map((one) => one.confidence);
  const [found] = detect(Buffer.from(key("sk_live_", body)), null).detections;
  const created = new Date(`${found?.accountCreated ?? ""}T12:00:00Z`).getTime();
  expect(at(new Date(created - 86_400_000).toISOString())).toEqual(["certain"]);
  expect(at(new Date(created - 4 * 86_400_000).toISOString())).toEqual(["high"]);
});
