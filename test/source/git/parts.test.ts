import { describe, expect, it } from "vitest";
import {
  addedAgainstAll,
  countsLinesLikeGit,
  wholeHunk,
} from "../../../src/source/git/content/added-lines.ts";
import { errorOfExit } from "../../../src/source/git/process/git-error.ts";
import { gitEnvironment } from "../../../src/source/git/process/git-environment.ts";
import { parseCommit, taggedObject } from "../../../src/source/git/objects/git-object.ts";
import { KeyedLock } from "../../../src/source/index.ts";
import { parsePatch } from "../../../src/diff/index.ts";

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

describe("addedAgainstAll", () => {
  it.each<[string, string[], string]>([
    ["one parent", ["@@ -1 +1,3 @@\n a\n+b\n+c"], "2-3"],
    ["the same lines against both", ["@@ -1 +1,2 @@\n a\n+b", "@@ -1 +1,2 @@\n a\n+b"], "2-2"],
    ["an overlap", ["@@ -0,0 +1,4 @@\n+a\n+b\n+c\n+d", "@@ -1,2 +1,4 @@\n a\n+b\n+c\n d"], "2-3"],
    ["lines from one parent each", ["@@ -1 +1,2 @@\n+a\n b", "@@ -1 +1,2 @@\n a\n+b"], ""],
    [
      "three parents",
      ["@@ -0,0 +1,3 @@\n+a\n+b\n+c", "@@ -1 +1,3 @@\n+a\n b\n+c", "@@ -1 +1,3 @@\n a\n+b\n+c"],
      "3-3",
    ],
  ])("with %s", (_name, patches, expected) => {
    const hunks = addedAgainstAll(patches.map((patch) => parsePatch(patch)));
    expect(
      hunks
        .flatMap((hunk) => hunk.added)
        .map(({ first, last }) => `${first}-${last}`)
        .join(","),
    ).toBe(expected);
  });
});

describe("whole files", () => {
  it.each([
    ["a\nb\n", 2],
    ["a\nb", 2],
    ["a", 1],
    ["\n", 1],
  ])("counts the lines of %j", (text, last) => {
    expect(wholeHunk(Buffer.from(text)).added).toEqual([{ first: 1, last }]);
  });

  it.each<[string, Uint8Array, boolean]>([
    ["UTF-16 with ordinary line ends", Buffer.from("\ufeffab\ncd\n", "utf16le"), true],
    ["UTF-16 with a character that has byte 10", Buffer.from("\ufeffab\n\u0a05\u010a\n", "utf16le"), false],
    ["binary", Buffer.from("\u0000abcdefghij\nabc\u0000\n"), true],
  ])("says whether git counts the lines of %s as a reader does", (_name, bytes, expected) => {
    expect(countsLinesLikeGit(bytes)).toBe(expected);
  });
});

describe("errorOfExit", () => {
  it.each([
    [`fatal: remote error: upload-pack: not our ref ${ID}`, "not_found", false],
    [`error: Server does not allow request for unadvertised object ${ID}`, "not_found", false],
    ["fatal: couldn't find remote ref refs/pull/1/head", "not_found", false],
    [
      "remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found",
      "access_denied",
      true,
    ],
    [
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
      "access_denied",
      true,
    ],
    [
      "fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403",
      "access_denied",
      true,
    ],
    [
      "fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 301",
      "moved",
      true,
    ],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", "network", true],
    ["error: RPC failed; curl 18 transfer closed\nfatal: early EOF", "network", true],
    ["fatal: not a git repository: '/x'", "mirror_gone", true],
    ["fatal: something else", "failed", true],
  ])("takes %j for %s", (stderr, code, retryable) => {
    expect(errorOfExit("fetch", "code 128", stderr)).toMatchObject({ code, retryable });
  });
});

describe("messages of errors", () => {
  it("say nothing of what a command that reads complained about", () => {
    const error = errorOfExit("diff-tree", "code 128", "fatal: unable to read some/name");
    expect(error.message).toBe("git diff-tree ended with code 128");
  });
});

describe("gitEnvironment", () => {
  it("hands on the way to the network and nothing else", () => {
    const inherited = {
      PATH: "/bin",
      HOME: "/home/x",
      HTTPS_PROXY: "http://proxy",
      GIT_DIR: "/x",
      GIT_SSH_COMMAND: "x",
      PRIVATE_KEY: "x",
    };
    const environment = gitEnvironment({ inherited, gitDirectory: "/mirror" });
    expect(environment).toMatchObject({
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      HOME: "/mirror",
      GIT_DIR: "/mirror",
      GIT_ALLOW_PROTOCOL: "none",
    });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["PRIVATE_KEY"]));
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["GIT_SSH_COMMAND"]));
  });
});

describe("KeyedLock", () => {
  it("runs one task of a key at a time, in order, and those of other keys beside it", async () => {
    const lock = new KeyedLock();
    const order: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = lock.run("a", async () => {
      await gate.promise;
      order.push("first");
      throw new Error("fails");
    });
    const second = lock.run("a", async () => void order.push("second"));
    await lock.run("b", async () => void order.push("other"));
    expect(lock.isHeld("a")).toBe(true);
    gate.resolve(undefined);
    await expect(first).rejects.toThrow("fails");
    await second;
    expect(order).toEqual(["other", "first", "second"]);
    expect(lock.isHeld("a")).toBe(false);
  });
});
