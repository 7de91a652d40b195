/** A part of a history: what is new since a commit, and nothing that was there before. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyOf } from "../../../fixtures/keys.ts";
import { createWork, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

const old = keyOf("sk_live_", "old");
const fresh = keyOf("sk_live_", "fresh");
let work: Work;

beforeEach(() => {
  work = createWork();
  work.write("pay.env", `KEY=${old}\n`);
  work.write("gone.env", `KEY=${old}\n`);
  work.write(`${old}/a.txt`, "a\n");
  work.commit("before");
  work.git("tag", "before");
});
afterEach(() => work.remove());

async function since(revision: string, tip: string | null = null): Promise<readonly string[]> {
  const id = (name: string): string => work.git("rev-parse", name);
  const { findings, gaps } = await scanned(work.path, {
    tips: tip === null ? null : [id(tip)],
    known: [id(revision)],
  });
  expect(gaps).toEqual([]);
  return findings.map(
    ({ finding, origin }) => `${finding.path} ${finding.redacted.slice(-4)} ${origin.source}`,
  );
}

test("an edit of a file that held a key already brings no finding", async () => {
  work.write("pay.env", `# a note\nKEY=${old}\n`);
  work.commit("edit");
  expect(await since("before")).toEqual([]);
  work.write("pay.env", `# a note\nKEY=${old}\nKEY=${fresh}\n`);
  work.commit("another key");
  expect(await since("before")).toEqual([`pay.env ${fresh.slice(-4)} file`]);
});

test("nor does a move, or a change below a folder whose name holds a key", async () => {
  work.git("mv", "gone.env", "moved.env");
  work.write("moved.env", `# moved\nKEY=${old}\n`);
  work.write(`${old}/a.txt`, "b\n");
  work.write("any.env", `KEY=${fresh}\n`);
  work.commit("move");
  expect(await since("before")).toEqual([`any.env ${fresh.slice(-4)} file`]);
});

test("a copy at another path is found, and so is a key that comes back", async () => {
  work.write("copy.env", `KEY=${old}\n# copy\n`);
  work.commit("copy");
  work.git("rm", "-q", "copy.env", "gone.env");
  work.commit("remove");
  work.git("tag", "removed");
  work.write("gone.env", `KEY=${old}\n# again\n`);
  work.commit("again");
  expect(await since("before")).toEqual([`copy.env ${old.slice(-4)} file`]);
  expect(await since("removed")).toEqual([`gone.env ${old.slice(-4)} file`]);
});

test("a branch from an older commit brings only its own", async () => {
  work.git("checkout", "-q", "-b", "side");
  work.write("pay.env", `KEY=${old}\n# side\n`);
  work.write("side.env", `KEY=${fresh}\n`);
  work.commit("side");
  work.git("checkout", "-q", "main");
  work.write("pay.env", "clean\n");
  work.commit("main");
  expect(await since("main", "side")).toEqual([`side.env ${fresh.slice(-4)} file`]);
});
