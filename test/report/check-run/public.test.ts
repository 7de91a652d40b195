import { describe, expect, test } from "vitest";
import { atHead, judged, madeFinding, OLDER, PRIVATE, PUBLIC, rendered } from "../../support/reported.ts";

describe("a public repository", () => {
  const finding = madeFinding();
  const dropped = {
    ...atHead(madeFinding({ path: "secret/place.ts", commit: OLDER })),
    head: null,
    headRead: true,
    dropped: true,
  };

  test("annotates the pushed diff and shows no fingerprint", () => {
    const report = rendered(judged([atHead(finding)]), PUBLIC);
    expect(report.annotations).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(finding.fingerprint);
    expect(rendered(judged([atHead(finding)]), PRIVATE).text).toContain(finding.fingerprint);
  });

  test("counts a key in a dropped commit without showing anything of it", () => {
    const report = rendered(judged([dropped]), PUBLIC);
    expect(report).toMatchObject({ conclusion: "failure", title: "1 live Stripe secret key leaked" });
    const shown = JSON.stringify(report);
    expect(report.summary).toContain("1 Stripe key is in commits that a force-push removed from this branch");
    for (const hidden of [
      dropped.finding.redacted,
      "secret/place",
      OLDER,
      "bbbbbbb",
      dropped.finding.fingerprint,
    ])
      expect(shown).not.toContain(hidden);

    expect(rendered(judged([dropped]), PRIVATE).summary).toContain("secret/place.ts");
  });

  test("does not annotate a dropped commit, even if the head has the line", () => {
    const found = { ...atHead(dropped.finding), dropped: true };
    expect(rendered(judged([found]), PUBLIC).annotations).toEqual([]);
    expect(rendered(judged([found]), PRIVATE).annotations).toHaveLength(1);
  });

  test("names no issue of another repository", () => {
    const issue = { number: 7, url: "https://github.com/acme/security/issues/7" };
    const leaks = new Map([[finding.fingerprint, { state: "open" as const, cleared: null, issue }]]);
    expect(JSON.stringify(rendered(judged([atHead(finding)], { leaks }), PUBLIC))).not.toContain(
      "security/issues",
    );
    expect(rendered(judged([atHead(finding)], { leaks }), PRIVATE).summary).toContain(issue.url);
  });

  test("shows nothing of the owner's configuration, which may be private", () => {
    const configurationProblems = [{ file: "owner", line: 2, message: "hush is not a setting." }] as const;
    expect(JSON.stringify(rendered(judged([], { configurationProblems }), PUBLIC))).not.toContain("hush");
  });

  test("never says that a key still works", () => {
    expect(JSON.stringify(rendered(judged([atHead(finding), dropped]), PUBLIC))).not.toMatch(
      /still (?:active|work|valid)/i,
    );
  });
});
