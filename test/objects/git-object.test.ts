import { describe, expect, it } from "vitest";
import { parseCommit, parseCommitLinks, taggedObject } from "../../src/objects/index.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";

describe("parseCommit", () => {
  it("reads headers, continued headers and the message", () => {
    const commit = parseCommit(
      Buffer.from(
        `tree ${ID}\nparent ${ID}\nparent ${ID}\nauthor A <a@example.com> 1700000000 +0100\n` +
          `committer C <c@example.com> 1700000001 +0000\nmergetag object ${ID}\n type commit\n \n words of the tag\n` +
          `gpgsig -----BEGIN\n abc\n \nextra header\n\nsubject\n\nbody`,
      ),
    );
    expect(commit).toEqual({
      tree: ID,
      parents: [ID, ID],
      time: 1_700_000_001,
      message: "subject\n\nbody",
      people:
        "author A <a@example.com> 1700000000 +0100\ncommitter C <c@example.com> 1700000001 +0000\n" +
        `mergetag object ${ID}\ntype commit\n\nwords of the tag\nextra header`,
    });
  });

  it.each(["", "\n", "tree", "tree x\n", "\n\nmessage", "author \xff\n\n\xff"])("survives %j", (text) => {
    expect(parseCommit(Buffer.from(text, "latin1")).parents).toEqual([]);
  });
});

describe("taggedObject", () => {
  it("names what a tag marks", () => {
    const bytes = Buffer.from(
      `object ${ID}\ntype commit\ntag v1\ntagger T <t@example.com> 1 +0000\n\nwords\n`,
    );
    expect(taggedObject(bytes)).toBe(ID);
    expect(taggedObject(Buffer.from("words"))).toBe("");
  });
});

describe("parseCommitLinks", () => {
  const people = "author A <a@b> 1 +0000\ncommitter C <c@d> 1700000000 +0100\n";
  it.each([
    ["a root", `tree ${ID}\n${people}\nmessage`],
    ["a merge", `tree ${ID}\nparent ${ID}\nparent ${"1".repeat(40)}\n${people}\nparent ${ID}\n`],
    ["a signature", `tree ${ID}\nparent ${ID}\n${people}gpgsig x\n y\n\nmessage`],
    [
      "a long name",
      `tree ${ID}\nparent ${ID}\nauthor ${"x".repeat(3000)} <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\n\n`,
    ],
    ["many parents", `tree ${ID}\n${`parent ${ID}\n`.repeat(66)}${people}\nmessage`],
    ["no committer", `tree ${ID}\nauthor A <a@b> 1 +0000\n\ncommitter C <c@d> 3 +0000\n`],
    ["no date", `tree ${ID}\nauthor A <a@b>\ncommitter C <c@d>\n\nx 1 +0000\n`],
    ["no tree", `parent ${ID}\n${people}\n`],
    ["another header first", `x y\ntree ${ID}\nparent ${ID}\n${people}\n`],
    ["nothing", ""],
    ["a message only", "\nmessage"],
  ])("%s: the same as the whole commit", (_, text) => {
    const { tree, parents, time } = parseCommit(Buffer.from(text));
    expect(parseCommitLinks(Buffer.from(text))).toMatchObject({ tree, parents, time });
  });
});
