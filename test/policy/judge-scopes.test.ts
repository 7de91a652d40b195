import { describe, expect, test } from "vitest";
import { scopeFindingSchema } from "../../src/domain/index.ts";
import type { Verdict } from "../../src/policy/index.ts";
import { atHead, judged, madeFinding, madeScope, madeSecret } from "../support/reported.ts";

function only(verdict: Verdict) {
  expect(verdict.judged).toHaveLength(1);
  const [first] = verdict.judged;
  if (first === undefined) throw new Error("nothing was judged");
  return first;
}

describe("several scopes", () => {
  test("reports the same credential at the same place once, as the stricter scope judges it", () => {
    const finding = madeFinding({ mode: "test", allowComment: true });
    const scopes = [
      madeScope([atHead(finding)], { defaultBranch: true }),
      madeScope([atHead(finding)], { defaultBranch: false }),
    ];
    expect(only(judged([], { scopes })).disposition).toBe("leak");
  });

  test("a finding is dropped only if every scope dropped it", () => {
    const finding = madeFinding();
    const forced = madeScope([{ finding, head: null, headRead: true, dropped: true }]);
    const held = madeScope([{ ...atHead(finding), dropped: false }]);
    for (const scopes of [
      [forced, held],
      [held, forced],
    ])
      expect(only(judged([], { scopes }))).toMatchObject({ dropped: false, head: { path: "src/pay.ts" } });

    expect(only(judged([], { scopes: [forced, forced] }))).toMatchObject({ dropped: true, head: null });
  });

  test("the head counts as read if one scope read it", () => {
    const read = { ...atHead(madeFinding()), head: null };
    const unread = { ...read, headRead: false };
    for (const found of [
      [read, unread],
      [unread, read],
    ]) {
      const scopes = found.map((each) => madeScope([each]));
      expect(only(judged([], { scopes }))).toMatchObject({ head: null, headRead: true });
    }
    expect(only(judged([], { scopes: [madeScope([unread])] }))).toMatchObject({ headRead: false });
  });

  test("a finding recorded by an older version does not claim that the head was read", () => {
    const { headRead, ...recorded } = atHead(madeFinding());
    expect(headRead).toBe(true);
    expect(scopeFindingSchema.parse(recorded)).toEqual({ ...recorded, headRead: false });
  });

  test("reports the same credential again at another place", () => {
    const { secret } = madeSecret();
    const places = [
      madeFinding({ secret }),
      madeFinding({ secret, line: 13 }),
      madeFinding({ secret, path: "b" }),
    ];
    expect(judged(places.map(atHead)).judged).toHaveLength(3);
  });

  test("live before possible before test before low before settled", () => {
    const settled = madeFinding();
    const order = [
      madeFinding({ path: "z" }),
      madeFinding({ confidence: "medium", path: "a" }),
      madeFinding({ mode: "test", path: "a" }),
      madeFinding({ confidence: "low", path: "a" }),
      settled,
    ];
    const leaks = new Map([[settled.fingerprint, { state: "rolled" as const, cleared: null, issue: null }]]);
    const verdict = judged(order.toReversed().map(atHead), { leaks });
    expect(verdict.judged.map((each) => each.finding.fingerprint)).toEqual(
      order.map((finding) => finding.fingerprint),
    );
  });
});
