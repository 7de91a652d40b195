import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileGlob, globProblem } from "../../../src/policy/configuration/path-glob.ts";

describe("compileGlob", () => {
  test.each([
    ["docs/samples/**", "docs/samples/a.md", true],
    ["docs/samples/**", "docs/samples/deep/er/a.md", true],
    ["docs/samples/**", "docs/sample/a.md", false],
    ["docs/samples/**", "src/docs/samples/a.md", false],
    ["**/fixtures/**", "fixtures/a", true],
    ["**/fixtures/**", "a/b/fixtures/c/d", true],
    ["**/fixtures/**", "a/b/fixture/c/d", false],
    ["**/*.sample.*", "a/b/env.sample.json", true],
    ["**", "a/b", true],
    ["*.md", "README.md", true],
    ["*.md", "docs/README.md", false],
    ["docs/*/a", "docs/x/a", true],
    ["docs/*/a", "docs/x/y/a", false],
    ["config/.env*", "config/.env.test", true],
    ["**/.env", "a/.env", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["a.c", "abc", false],
    ["a+b@c", "a+b@c", true],
    ["a/**/b", "a/b", true],
    ["a/**/b/**/c", "a/x/b/b/y/c", true],
    ["a", "a/b", false],
    ["a/b", "a", false],
  ])("%s over %s: %s", (glob, path, expected) => {
    expect(globProblem(glob)).toBeNull();
    expect(compileGlob(glob)(path)).toBe(expected);
  });

  test.each([
    ["a name longer than any file system has", `docs/${"a".repeat(256)}`],
    ["a path longer than is looked at", `docs/${"a/".repeat(600)}b`],
  ])("%s matches nothing", (_name, path) => {
    expect(compileGlob("docs/**")(path)).toBe(false);
  });
});

describe("globProblem", () => {
  test.each([
    "",
    "/docs/**",
    "./docs",
    "docs//a",
    "docs/",
    "docs/a**",
    "*a*b*c",
    "(a+)+",
    "+(a|b)*",
    "{a,b}",
    "[a-z]",
    "!docs",
    "a\\b",
    "a".repeat(201),
  ])("%j is refused", (glob) => {
    expect(globProblem(glob)).not.toBeNull();
  });
});

test("every glob that is accepted is matched without backtracking, which would not end", () => {
  const part = fc.constantFrom("**", "*a*", "*a", "a*a", "?*a*", "*", "a", "aa?a");
  const glob = fc.array(part, { minLength: 1, maxLength: 30 }).map((parts) => parts.join("/"));
  const name = fc
    .tuple(fc.integer({ min: 1, max: 255 }), fc.constantFrom("", "b"))
    .map(([n, end]) => "a".repeat(n) + end);
  const path = fc.array(name, { minLength: 1, maxLength: 8 }).map((names) => names.join("/"));
  fc.assert(
    fc.property(glob, path, (pattern, text) => {
      fc.pre(globProblem(pattern) === null);
      expect(typeof compileGlob(pattern)(text)).toBe("boolean");
    }),
    { numRuns: 300 },
  );
});
