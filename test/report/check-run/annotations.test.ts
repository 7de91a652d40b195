import { describe, expect, test } from "vitest";
import { atHead, judged, madeFinding, madeSecret, OLDER, rendered } from "../../support/reported.ts";

describe("annotations", () => {
  test("carry path, line and columns, and say what to do", () => {
    const finding = madeFinding();
    const { annotations } = rendered(judged([atHead(finding)]));
    expect(annotations).toMatchObject([
      {
        path: "src/pay.ts",
        start_line: 12,
        end_line: 12,
        start_column: 18,
        end_column: 124,
        annotation_level: "failure",
        title: "Live Stripe secret key leaked",
      },
    ]);
    expect(annotations[0]?.message).toContain(
      `${finding.redacted} of Stripe account acct_1Mq4sTeYJ0aBcDeF (created 2020-12-06)\nRoll this key now. `,
    );
  });

  test("have no columns where they span lines", () => {
    const [annotation] = rendered(
      judged([atHead(madeFinding({ encoding: "joined", endLine: 14 }))]),
    ).annotations;
    expect(annotation).toMatchObject({ start_line: 12, end_line: 14 });
    expect(annotation).not.toHaveProperty("start_column");
    expect(annotation).not.toHaveProperty("end_column");
  });

  test("of a key inside an archive are on the archive, and say where inside", () => {
    const finding = madeFinding({ path: "dist/shop.apk!assets/config.json", line: 7, endLine: 7 });
    const [annotation] = rendered(judged([atHead(finding)])).annotations;
    expect(annotation).toMatchObject({ path: "dist/shop.apk", start_line: 1, end_line: 1 });
    expect(annotation).not.toHaveProperty("start_column");
    expect(annotation?.message).toContain("In dist/shop.apk!assets/config.json, line 7.");
    expect(annotation?.message).toContain("packed in a mobile app");
  });

  test("say nothing of apps elsewhere", () => {
    const [annotation] = rendered(
      judged([atHead(madeFinding({ path: "dist/shop.zip!config.json" }))]),
    ).annotations;
    expect(annotation?.message).not.toContain("mobile app");
  });

  test("are only on lines of the head commit", () => {
    const removed = { ...atHead(madeFinding({ commit: OLDER })), head: null };
    const message = atHead(madeFinding({ place: "commit_message", path: null }));
    expect(rendered(judged([removed, message])).annotations).toEqual([]);
  });

  test("are never on a path that is itself a key", () => {
    const { text } = madeSecret();
    const head = { path: `keys/${text}`, line: 1, column: 1, endLine: 1, endColumn: 5 };
    const inContent = {
      finding: madeFinding({ path: "keys/sk_live_…abcd" }),
      head,
      headRead: true,
      dropped: false,
    };
    const inPath = { ...inContent, finding: madeFinding({ place: "path", path: "keys/sk_live_…abcd" }) };
    const unknownForm = { ...inPath, head: { ...head, path: "keys/in-a-form-that-nobody-knows" } };
    expect(rendered(judged([inContent, inPath, unknownForm])).annotations).toEqual([]);
  });

  test("two commits that added the same line make one", () => {
    const { secret } = madeSecret();
    const found = [madeFinding({ secret }), madeFinding({ secret, commit: OLDER })].map(atHead);
    expect(rendered(judged(found)).annotations).toHaveLength(1);
  });

  test("are in order of weight", () => {
    const found = ["low", "medium", "certain"] as const;
    const { annotations } = rendered(judged(found.map((confidence) => atHead(madeFinding({ confidence })))));
    expect(annotations.map((each) => each.annotation_level)).toEqual(["failure", "failure", "notice"]);
    expect(annotations.map((each) => each.title)).toEqual([
      "Live Stripe secret key leaked",
      "Possible live Stripe secret key leaked",
      "Possible live Stripe secret key",
    ]);
  });

  test("there are none for what is already handled", () => {
    const finding = madeFinding();
    const leaks = new Map([
      [finding.fingerprint, { state: "dismissed" as const, cleared: null, issue: null }],
    ]);
    expect(rendered(judged([atHead(finding)], { leaks })).annotations).toEqual([]);
  });
});
