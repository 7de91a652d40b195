import * as fc from "fast-check";
import { expect, test } from "vitest";
import { codeOwnersOf } from "../../src/policy/index.ts";

test.each([
  ["*", "src/pay.ts", true],
  ["*.ts", "src/deep/pay.ts", true],
  ["*.js", "src/pay.ts", false],
  ["/src/", "src/deep/pay.ts", true],
  ["/src/", "lib/src/pay.ts", false],
  ["src/", "lib/src/pay.ts", true],
  ["pay.ts/", "src/pay.ts", false],
  ["docs/*", "docs/a.md", true],
  ["docs/*", "docs/deep/a.md", false],
  ["/docs/**", "docs/deep/a.md", true],
  ["**/logs", "a/b/logs/x.txt", true],
  ["/apps/shop", "apps/shop/pay.ts", true],
  ["/apps/shop", "apps/shopping/pay.ts", false],
  ["apps/*/pay.ts", "apps/shop/pay.ts", true],
  ["apps/*/pay.ts", "apps/shop/deep/pay.ts", false],
  ["p?y.ts", "src/pay.ts", true],
  ["my\\ file.ts", "src/my file.ts", true],
  ["# *", "src/pay.ts", false],
])("the pattern %s for %s", (pattern, path, owned) => {
  expect(codeOwnersOf(`${pattern} @ann\n`, path).users).toEqual(owned ? ["ann"] : []);
});

test("the last rule that matches counts, also if it names none", () => {
  const text = "* @ann\r\n*.ts @bob @acme/payments ops@example.org # both\r\n/gen/ \r\n";
  expect(codeOwnersOf(text, "src/pay.ts")).toEqual({ users: ["bob"], teams: ["acme/payments"] });
  expect(codeOwnersOf(text, "README.md")).toEqual({ users: ["ann"], teams: [] });
  expect(codeOwnersOf(text, "gen/pay.ts")).toEqual({ users: [], teams: [] });
});

test("names that GitHub would not give are left out", () => {
  expect(codeOwnersOf("* @-x @a/b/c @<img> @ann[bot] ann", "a")).toEqual({ users: [], teams: [] });
});

test("a hostile pattern takes no long time", () => {
  const path = `${"a".repeat(4000)}/${"a/".repeat(1000)}b`;
  expect(codeOwnersOf(`${"*a".repeat(900)}c @ann\n${"**/".repeat(600)}x @ann`, path).users).toEqual([]);
});

test("only names of people and teams come out", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, path) => {
      const { users, teams } = codeOwnersOf(text, path);
      for (const user of users) expect(user).toMatch(/^[a-z\d][a-z\d-]*$/i);
      for (const team of teams) expect(team).toMatch(/^[a-z\d-]+\/[a-z\d_.-]+$/i);
    }),
  );
});
