import { describe, expect, test } from "vitest";
import { entryPath, isInMobileApp, outerPath } from "../../src/domain/index.ts";

describe("the file of the repository that a path is of", () => {
  test.each([
    ["src/pay.ts", "src/pay.ts"],
    ["a.zip!inner/file", "a.zip"],
    ["dist/a.tar.gz!b.jar!c", "dist/a.tar.gz"],
    ["Wow!/pay.ts", "Wow!/pay.ts"],
    ["Wow!/a.zip!b", "Wow!/a.zip"],
    ["a.zip", "a.zip"],
  ])("%s is of %s", (path, outer) => {
    expect(outerPath(path)).toBe(outer);
  });

  test("is found again, whatever the name inside", () => {
    expect(outerPath(entryPath("lib/a.jar", "x!y.zip!z"))).toBe("lib/a.jar");
  });
});

test.each([
  ["shop.apk!assets/config.json", true],
  ["build/Shop.IPA!Payload/Shop.app/Info.plist", true],
  ["release.zip!shop.aab!base/dex/classes.dex", true],
  ["shop.apk", false],
  ["shop.zip!a", false],
])("%s is in a mobile app: %s", (path, expected) => {
  expect(isInMobileApp(path)).toBe(expected);
});
