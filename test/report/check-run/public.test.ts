import { describe, expect, test } from "vitest";
import { renderCheckRun } from "../../../src/report/index.ts";
import {
  atHead,
  HEAD,
  judged,
  madeFinding,
  OLDER,
  PRIVATE,
  PUBLIC,
  rendered,
} from "../../support/reported.ts";

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

  test("fails for a key in a dropped commit without showing anything of it, nor how many there are", () => {
    const report = rendered(judged([dropped]), PUBLIC);
    expect(report).toMatchObject({
      conclusion: "failure",
      title: "A Stripe key leaked, and the details are not public",
    });
    const shown = JSON.stringify(report);
    expect(report.summary).toContain("### Roll every live Stripe key that this repository has used");
    const more = [dropped, { ...dropped, finding: madeFinding({ commit: OLDER }) }];
    expect(rendered(judged(more), PUBLIC)).toEqual(report);
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

  test.each(["content", "path", "commit_message", "author", "tag_message", "tag_name", "ref_name"] as const)(
    "shows nothing of a key that is only in an earlier commit: %s",
    (place) => {
      const path = place === "content" || place === "path" ? "secret/place.ts" : null;
      const hidden = { ...atHead(madeFinding({ place, path, commit: OLDER })), head: null };
      const alone = JSON.stringify(rendered(judged([hidden]), PUBLIC));
      expect(alone).not.toMatch(/bbbbbbb|secret\/place|sk_live_|acct_|earlier|force-push/);
      const report = rendered(judged([hidden, atHead(finding)]), PUBLIC);
      expect(report.title).toBe("1 live Stripe secret key leaked; more that is not shown in public");
      expect(JSON.stringify(report)).not.toContain(hidden.finding.redacted);
      expect(rendered(judged([hidden]), PRIVATE).title).toContain("leaked");
    },
  );

  test("does not name who can see the details", () => {
    const notes = {
      acceptedGaps: [],
      unopenedIssues: [],
      placeProblems: [],
      issuesElsewhere: { ask: ["boss"] },
      loosenedRules: [],
      unreadHistory: false,
      canAcceptUnread: false,
    };
    const input = { verdict: judged([atHead(finding)]), head: HEAD, notes };
    expect(renderCheckRun({ ...input, repository: PUBLIC }).summary).not.toContain("boss");
    expect(renderCheckRun({ ...input, repository: PRIVATE }).summary).toContain("ask `boss`");
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
