import * as fc from "fast-check";
import { expect, test } from "vitest";
import { stateOfRows } from "../../src/domain/index.ts";
import { untoldNotices } from "../../src/policy/index.ts";
import type { TellableChange } from "../../src/policy/leak-notices.ts";

type Step = readonly [repositoryId: number, to: "open" | "rolled" | "dismissed", how?: string];

function changesOf(steps: readonly Step[], told = 0): TellableChange[] {
  const states = new Map<number, TellableChange["to"]>();
  return steps.map(([repositoryId, to, how = "x"], index) => {
    const from = states.get(repositoryId) ?? null;
    states.set(repositoryId, to);
    const at = new Date(index);
    return { number: index + 1, repositoryId, from, to, how, actor: null, at, told: index < told };
  });
}

function kindsOf(steps: readonly Step[], told = 0): string[] {
  return untoldNotices(changesOf(steps, told)).notices.map(({ kind }) => kind);
}

test.each<readonly [string, readonly Step[], readonly string[]]>([
  ["a new leak", [[1, "open", "found"]], ["opened"]],
  [
    "its issue was opened",
    [
      [1, "open"],
      [1, "open", "filed"],
    ],
    ["opened"],
  ],
  [
    "one more repository has the key",
    [
      [1, "open"],
      [2, "open"],
    ],
    ["opened"],
  ],
  [
    "rolled in all repositories",
    [
      [1, "open"],
      [2, "open"],
      [1, "rolled"],
      [2, "rolled"],
    ],
    ["opened", "rolled"],
  ],
  [
    "rolled in one of two",
    [
      [1, "open"],
      [2, "open"],
      [1, "rolled"],
    ],
    ["opened"],
  ],
  [
    "dismissed",
    [
      [1, "open"],
      [1, "dismissed"],
    ],
    ["opened", "dismissed"],
  ],
  [
    "attested, then verified",
    [
      [1, "open"],
      [1, "rolled"],
      [1, "rolled"],
    ],
    ["opened", "rolled"],
  ],
  [
    "dismissed, then rolled",
    [
      [1, "open"],
      [1, "dismissed"],
      [1, "rolled"],
    ],
    ["opened", "dismissed", "rolled"],
  ],
  [
    "reopened in all",
    [
      [1, "open"],
      [2, "open"],
      [1, "rolled"],
      [2, "rolled"],
      [1, "open"],
      [2, "open"],
    ],
    ["opened", "rolled", "reopened"],
  ],
  [
    "found in another repository after it was rolled",
    [
      [1, "open"],
      [1, "rolled"],
      [2, "open"],
    ],
    ["opened", "rolled", "reopened"],
  ],
  [
    "a closing that does not count",
    [
      [1, "open"],
      [1, "open", "kept_open"],
    ],
    ["opened"],
  ],
])("%s", (_name, steps, kinds) => {
  expect(kindsOf(steps)).toEqual(kinds);
});

test("what was told is not told again, and the rest knows the state from before", () => {
  expect(
    kindsOf(
      [
        [1, "open"],
        [1, "rolled"],
        [1, "open"],
      ],
      2,
    ),
  ).toEqual(["reopened"]);
});

test("each change is settled once, and each notice changes the state of the whole leak", () => {
  const step = fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom("open", "rolled", "dismissed"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(12), (steps, told) => {
      const changes = changesOf(steps, told);
      const { notices, silent } = untoldNotices(changes);
      const settled = [...notices.flatMap(({ numbers }) => numbers), ...silent];
      expect(settled).toEqual(changes.filter((change) => !change.told).map(({ number }) => number));
      for (const { before, after } of notices) expect(before).not.toBe(after);
      const last = new Map(changes.map(({ repositoryId, to }) => [repositoryId, { state: to }]));
      const isToldLast = notices.length > 0;
      expect(isToldLast ? notices.at(-1)?.after : null).toBe(
        isToldLast ? stateOfRows([...last.values()]) : null,
      );
    }),
  );
});
