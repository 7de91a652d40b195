import { expect, test } from "vitest";
import { untouchedCommit } from "../../src/jobs/configuration.ts";
import { createConfigurationReader } from "../../src/jobs/index.ts";
import type { ConfigurationReader } from "../../src/jobs/index.ts";
import { FakeGitHub } from "../support/fake-github.ts";
import { aRepository, NOW } from "../support/job-context.ts";

const OWN = "acme/shop/.github/rollcall.yml";
const OWNERS = "acme/.github/.github/rollcall.yml";

interface Made {
  readonly github: FakeGitHub;
  readonly reader: ConfigurationReader;
  readonly pass: (seconds: number) => void;
}

function aReader(files: Readonly<Record<string, string>>): Made {
  const github = new FakeGitHub();
  for (const [path, text] of Object.entries(files)) github.files.set(path, text);
  let now = NOW.getTime();
  return {
    github,
    reader: createConfigurationReader(github, () => new Date(now)),
    pass(seconds) {
      now += seconds * 1000;
    },
  };
}

const repository = aRepository();
const AS_IT_IS = { kind: "now" } as const;

test("without files the defaults hold", async () => {
  const { reader, github } = aReader({});
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect([configuration.testKeys, configuration.mode, problems]).toEqual(["warn", "enforce", []]);
  expect(github.requests).toHaveLength(2);
});

test("the repository's file is read, from the default branch: no ref is asked for", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: fail\n" });
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("fail");
  expect(github.queries.every((query) => !query.has("ref"))).toBe(true);
});

test("the owner's file holds for the repository, which may only tighten it", async () => {
  const { reader } = aReader({ [OWNERS]: "test_keys: fail\n", [OWN]: "test_keys: ignore\n" });
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect(configuration.testKeys).toBe("fail");
  expect(problems).toMatchObject([{ file: "repository" }]);
});

test("in the owner's own repository the file is read once, as the owner's", async () => {
  const { reader, github } = aReader({ [OWNERS]: "mode: observe\n" });
  const { configuration } = await reader.read({ ...repository, name: ".github" }, AS_IT_IS);
  expect(configuration.mode).toBe("observe");
  expect(github.requests).toHaveLength(1);
});

test("a file that was read counts as fresh for five seconds", async () => {
  const { reader, github, pass } = aReader({ [OWN]: "test_keys: fail\n" });
  await reader.read(repository, AS_IT_IS);
  github.files.set(OWN, "test_keys: ignore\n");
  pass(4.9);
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("fail");
  pass(0.2);
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("ignore");
});

test("a push is judged by the repository's file from before it", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: ignore\n" });
  const { configuration } = await reader.read(repository, { kind: "commit", commit: "b".repeat(40) });
  expect(configuration.testKeys).toBe("ignore");
  const refs = github.queries.map((query) => query.get("ref"));
  expect(new Set(refs)).toEqual(new Set(["b".repeat(40), null]));
});

test("a push to the owner's repository is judged by the owner's file from before it", async () => {
  const { reader, github } = aReader({ [OWNERS]: "test_keys: ignore\n" });
  await reader.read({ ...repository, name: ".github" }, { kind: "commit", commit: "b".repeat(40) });
  expect(github.queries.map((query) => query.get("ref"))).toEqual(["b".repeat(40)]);
});

test("the first push to a repository is judged without its file", async () => {
  const { reader } = aReader({ [OWN]: "test_keys: ignore\n", [OWNERS]: "mode: observe\n" });
  const { configuration } = await reader.read(repository, { kind: "nothing" });
  expect(configuration).toMatchObject({ testKeys: "warn", mode: "observe" });
  const own = await reader.read({ ...repository, name: ".github" }, { kind: "nothing" });
  expect(own.configuration.mode).toBe("enforce");
});

test("the operator's default mode applies where no file sets one", async () => {
  const reader = createConfigurationReader(new FakeGitHub(), () => NOW, "observe");
  expect((await reader.read(repository, AS_IT_IS)).configuration.mode).toBe("observe");
});

test("a missing file is remembered too", async () => {
  const { reader, github } = aReader({});
  await reader.read(repository, AS_IT_IS);
  await reader.read(repository, AS_IT_IS);
  expect(github.requests).toHaveLength(2);
});

test("a push that touches the file makes it read again, and that one only", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: fail\n" });
  await reader.read(repository, AS_IT_IS);
  github.files.set(OWN, "test_keys: ignore\n");
  reader.forget(repository);
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("ignore");
  expect(github.requests).toHaveLength(3);
});

test("a push to the owner's repository makes the owner's file read again", async () => {
  const { reader, github } = aReader({});
  await reader.read(repository, AS_IT_IS);
  github.files.set(OWNERS, "mode: observe\n");
  reader.forget({ ...repository, id: 77, name: ".github" });
  expect((await reader.read(repository, AS_IT_IS)).configuration.mode).toBe("observe");
});

test("a file that was forgotten while it was being read is read again", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: ignore\n" });
  const held = Promise.withResolvers<void>();
  let first = true;
  github.hold = async (request) => {
    if (!request.includes("/acme/shop/") || !first) return;
    first = false;
    await held.promise;
  };
  const old = reader.read(repository, AS_IT_IS);
  await expect.poll(() => github.requests.length).toBe(2);
  github.files.set(OWN, "test_keys: fail\n");
  reader.forget(repository);
  const fresh = await reader.read(repository, AS_IT_IS);
  held.resolve();
  await old;
  expect(fresh.configuration.testKeys).toBe("fail");
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("fail");
});

test.each([500, 502, 503])("with an answer of %i nothing is decided: the job is retried", async (status) => {
  const { reader, github } = aReader({ [OWN]: "test_keys: ignore\n" });
  github.fault = (request) => (request.includes("/shop/") ? status : null);
  await expect(reader.read(repository, AS_IT_IS)).rejects.toMatchObject({ retryable: true });
  github.fault = () => null;
  expect((await reader.read(repository, AS_IT_IS)).configuration.testKeys).toBe("ignore");
});

test.each([
  [403, "403"],
  [410, "410"],
  [422, "422"],
])("an answer of %i is a problem that is said, and the defaults hold", async (status, word) => {
  const { reader, github } = aReader({ [OWN]: "test_keys: ignore\n" });
  github.fault = (request) => (request.includes("/shop/") ? status : null);
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect(configuration.testKeys).toBe("warn");
  expect(problems).toMatchObject([{ file: "repository", line: null }]);
  expect(problems[0]?.message).toContain(word);
});

test("an owner's file that exists and cannot be read lets a repository loosen nothing", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: ignore\n" });
  github.fault = (request) => (request.includes("/.github/contents") ? 403 : null);
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect(configuration.testKeys).toBe("warn");
  expect(problems.map((problem) => problem.file)).toContain("owner");
});

test("a file that is too large is reported as a problem, and the defaults apply", async () => {
  const { reader } = aReader({ [OWN]: `test_keys: ignore\n#${"x".repeat(64 * 1024)}` });
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect(configuration.testKeys).toBe("warn");
  expect(problems[0]?.message).toContain("64 KB");
});

test("a file that is not YAML is a problem with its line, and the defaults apply", async () => {
  const { reader } = aReader({ [OWN]: "mode: enforce\ntest_keys: [" });
  const { configuration, problems } = await reader.read(repository, AS_IT_IS);
  expect(configuration.testKeys).toBe("warn");
  expect(problems).toMatchObject([{ file: "repository", line: 2 }]);
});

test("the same name under another installation or owner is another file", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: fail\n" });
  await reader.read(repository, AS_IT_IS);
  await reader.read(aRepository({ ...repository, installationId: 6 }), AS_IT_IS);
  expect(github.requests).toHaveLength(4);
  expect((await reader.read({ ...repository, owner: "umbrella" }, AS_IT_IS)).configuration.testKeys).toBe(
    "warn",
  );
});

const [BEFORE, AFTER, LATER] = ["b".repeat(40), "c".repeat(40), "d".repeat(40)] as const;

function askedAt(github: FakeGitHub): (string | null)[] {
  return github.queries.map((query) => query.get("ref")).filter((ref) => ref !== null);
}

test("a commit after one without the file, that leaves its folder alone, is known to have none", async () => {
  const { reader, github } = aReader({});
  await reader.read(repository, { kind: "commit", commit: BEFORE });
  reader.carry(repository, { sha: AFTER, parent: BEFORE });
  reader.carry(repository, { sha: LATER, parent: AFTER });
  await reader.read(repository, { kind: "commit", commit: LATER });
  expect(askedAt(github)).toEqual([BEFORE]);
});

test("of a file that exists nothing is carried to the next commit: it may be a link to another", async () => {
  const { reader, github } = aReader({ [OWN]: "test_keys: fail\n" });
  await reader.read(repository, { kind: "commit", commit: BEFORE });
  reader.carry(repository, { sha: AFTER, parent: BEFORE });
  github.files.set(OWN, "test_keys: ignore\n");
  const { configuration } = await reader.read(repository, { kind: "commit", commit: AFTER });
  expect(configuration.testKeys).toBe("ignore");
});

test("of a commit that nothing is known about, nothing is carried", async () => {
  const { reader, github } = aReader({});
  reader.carry(repository, { sha: AFTER, parent: BEFORE });
  await reader.read(repository, { kind: "commit", commit: AFTER });
  expect(askedAt(github)).toEqual([AFTER]);
});

test("an answer is carried for ten minutes, however many commits come: it may have been wrong for a moment", async () => {
  const { reader, github, pass } = aReader({});
  await reader.read(repository, { kind: "commit", commit: BEFORE });
  pass(599);
  reader.carry(repository, { sha: AFTER, parent: BEFORE });
  await reader.read(repository, { kind: "commit", commit: AFTER });
  pass(2);
  reader.carry(repository, { sha: LATER, parent: AFTER });
  await reader.read(repository, { kind: "commit", commit: LATER });
  await reader.read(repository, { kind: "commit", commit: AFTER });
  expect(askedAt(github)).toEqual([BEFORE, LATER, AFTER]);
});

const PLAIN = { sha: AFTER, parents: [BEFORE], message: "", people: "", files: [], gaps: [] };
const fileAt = (path: string) => ({ path, blob: null, content: { kind: "none" } }) as const;

test.each([
  ["changes other files", { files: [fileAt("src/pay.ts"), fileAt("docs/.github/rollcall.yml")] }, true],
  ["changes nothing", {}, true],
  ["adds the file", { files: [fileAt(".github/rollcall.yml")] }, false],
  ["changes another file of the folder", { files: [fileAt(".github/a.yml")] }, false],
  ["makes the folder a link", { files: [fileAt(".github")] }, false],
  ["is a merge", { parents: [BEFORE, LATER] }, false],
  ["is the first", { parents: [] }, false],
  ["comes in parts", { more: true }, false],
  [
    "was not read whole",
    { gaps: [{ reason: "too_many_files", commit: AFTER, path: null, detail: "" }] as const },
    false,
  ],
])("a commit that %s carries the absence of the file or not", (_name, fields, carries) => {
  expect(untouchedCommit({ ...PLAIN, ...fields })).toEqual(carries ? { sha: AFTER, parent: BEFORE } : null);
});
