import { describe, expect, test } from "vitest";
import { releaseNotes } from "../../.github/release-notes.ts";

const CHANGELOG = `# Changelog

## 1.2.0 (2026-11-24)

- One thing.
- Another.

## 1.1.0 (unreleased)

- Old.

## 1.0.0 (2026-01-02)

## 0.9.0 (2025-12-01)

- First.
`;

function notes(tag: string, version = tag.slice(1)): string {
  return releaseNotes(tag, { changelog: CHANGELOG, manifest: JSON.stringify({ version }) });
}

test("the notes are the section of the tagged version, without its heading", () => {
  expect(notes("v1.2.0")).toBe("- One thing.\n- Another.\n");
  expect(notes("v0.9.0")).toBe("- First.\n");
});

describe("a release is refused when", () => {
  test.each([
    ["the tag is not a version", "v1.2", "1.2", /not a version/],
    ["the tag has no v", "1.2.0", "1.2.0", /not a version/],
    ["package.json has another version", "v1.2.0", "1.1.0", /package\.json 1\.1\.0/],
    ["the changelog does not know the version", "v1.3.0", "1.3.0", /no section for 1\.3\.0/],
    ["only a longer version begins the same", "v1.2.0-rc.1", "1.2.0-rc.1", /no section/],
    ["the section has no date", "v1.1.0", "1.1.0", /no date for 1\.1\.0/],
    ["the section is empty", "v1.0.0", "1.0.0", /says nothing/],
  ])("%s", (_, tag, version, message) => {
    expect(() => notes(tag, version)).toThrow(message);
  });
});
