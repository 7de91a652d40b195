import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { gapOf } from "../../src/domain/index.ts";
import type { Finding, Place } from "../../src/domain/index.ts";
import { redactText } from "../../src/detect/index.ts";
import { createDetectionPool, findKey, readKey } from "../../src/scan/index.ts";
import { GitError } from "../../src/source/index.ts";
import type { CommitContent, GitSource, RestSource } from "../../src/source/index.ts";
import { madeFinding, NOW } from "../support/reported.ts";
import { Secret } from "../../src/domain/index.ts";

const TEXT = keyOf("sk_live_", "read again");
const KEY = new Secret(TEXT, "sk_live_");
const SHA = "c".repeat(40);
const LINE = `import stripe\nstripe.api_key = "${TEXT}"\n`;

function findingAt(place: Place, path: string | null): Finding {
  return madeFinding({ secret: KEY, place, path, commit: SHA });
}

function contentOf(commit: Partial<CommitContent>): CommitContent {
  return { sha: SHA, parents: [], message: "", people: "", files: [], gaps: [], ...commit };
}

const MISSING = contentOf({ gaps: [gapOf({ reason: "api_failed", commit: SHA, detail: "not_found" })] });
const FAILED = contentOf({ gaps: [gapOf({ reason: "api_failed", commit: SHA, detail: "unavailable" })] });

interface Given {
  readonly rest?: CommitContent;
  readonly atPath?: Uint8Array | null;
  readonly tag?: string;
  readonly git?: CommitContent;
  readonly blob?: Uint8Array;
  readonly gitFails?: GitError;
}

function sourcesOf({ rest = MISSING, atPath = null, tag, git, blob, gitFails }: Given) {
  const readBlob: RestSource["readBlob"] = async () =>
    blob === undefined
      ? { kind: "gap", gap: gapOf({ reason: "unavailable" }) }
      : { kind: "bytes", bytes: blob };
  const restSource: RestSource = {
    async *read() {
      yield rest;
    },
    readBlob,
    readAt: async () => atPath,
    compare: async () => null,
    readTag: async () =>
      tag === undefined
        ? { kind: "gap", gap: gapOf({ reason: "api_failed", detail: "not_found" }) }
        : { kind: "text", text: tag },
  };
  const gitSource: Pick<GitSource, "prepareTips" | "read" | "readBlob"> = {
    async prepareTips() {
      if (gitFails !== undefined) throw gitFails;
      const gaps = [gapOf({ reason: "unavailable", commit: SHA })];
      return git === undefined
        ? { commits: [], gaps, fetches: [] }
        : { commits: [{ sha: SHA, parents: [] }], gaps: [], fetches: [] };
    },
    async *read() {
      if (git !== undefined) yield git;
    },
    readBlob,
  };
  const never = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  return {
    rest: restSource,
    git: { ...gitSource, prepare: never, listRefs: never },
    findKey,
    now: NOW,
    signal: AbortSignal.timeout(60_000),
  };
}

const file = (path: string, text: string) => ({
  path,
  blob: "d".repeat(40),
  content: { kind: "whole" as const, bytes: Buffer.from(text), hunks: null },
});

describe("a key is read again", () => {
  const named = `src/${TEXT}.txt`;
  test.each<[string, Finding, Given]>([
    ["from its file, by one request", findingAt("content", "pay.py"), { atPath: Buffer.from(LINE) }],
    ["from a packed file", findingAt("content", "dump.gz"), { atPath: gzipSync(LINE) }],
    [
      "from a file whose name holds a key itself",
      findingAt("content", redactText(named)),
      { rest: contentOf({ files: [file(named, LINE)] }) },
    ],
    ["from a name", findingAt("path", redactText(named)), { rest: contentOf({ files: [file(named, "")] }) }],
    ["from a message", findingAt("commit_message", null), { rest: contentOf({ message: `Oops ${TEXT}` }) }],
    ["from an author", findingAt("author", null), { rest: contentOf({ people: `${TEXT} <a@example.org>` }) }],
    ["from a tag", findingAt("tag_message", null), { tag: `v1\n\n${TEXT}` }],
    [
      "from a merge, by git",
      findingAt("content", "pay.py"),
      { rest: FAILED, git: contentOf({ files: [file("pay.py", LINE)] }) },
    ],
    [
      "by git from a blob",
      findingAt("content", "pay.py"),
      {
        rest: FAILED,
        git: contentOf({
          files: [{ path: "pay.py", blob: "d".repeat(40), content: { kind: "hunks", hunks: [] } }],
        }),
        blob: Buffer.from(LINE),
      },
    ],
  ])("%s", async (_name, finding, given) => {
    const read = await readKey(finding, sourcesOf(given));
    expect(read).toMatchObject({ kind: "key" });
    expect(read.kind === "key" && read.key.reveal() === TEXT).toBe(true);
  });
});

test.each<[string, Finding, Given, string]>([
  ["neither source has the commit", findingAt("content", "pay.py"), {}, "gone"],
  ["the tag is gone", findingAt("tag_message", null), {}, "gone"],
  ["GitHub fails and git does not have it", findingAt("content", "pay.py"), { rest: FAILED }, "unread"],
  ["git fails", findingAt("content", "pay.py"), { gitFails: new GitError("timeout", "slow") }, "unread"],
  [
    "the file holds another key",
    findingAt("content", "pay.py"),
    { atPath: Buffer.from(LINE.replace("00", "01")), git: contentOf({}) },
    "unread",
  ],
  ["it is in the name of a branch", findingAt("ref_name", null), {}, "unread"],
])("where %s, no key is read", async (_name, finding, given, kind) => {
  expect(await readKey(finding, sourcesOf(given))).toEqual({ kind });
});

test("another key of the same file is never taken for the one that is asked for", async () => {
  const other = keyOf("sk_live_", "another");
  const bytes = Buffer.from(`a = "${other}"\nb = "${TEXT}"\n`);
  const read = await readKey(findingAt("content", "pay.py"), sourcesOf({ atPath: bytes }));
  expect(read.kind === "key" && read.key.fingerprint === KEY.fingerprint).toBe(true);
});

test("a thread of the pool finds the same key", async () => {
  const pool = createDetectionPool({ threads: 1 });
  const request = { path: "pay.py", now: NOW, bytes: Buffer.from(LINE), fingerprint: KEY.fingerprint };
  expect((await pool.findKey(request))?.reveal()).toBe(TEXT);
  expect(request.bytes.toString()).toBe(LINE);
  expect(await pool.findKey({ ...request, fingerprint: "0".repeat(20) })).toBeNull();
  await pool.close();
});
