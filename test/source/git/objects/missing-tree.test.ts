import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Mirror } from "../../../../src/source/git/mirror/mirror.ts";
import { linear, readAll, remoteRepository } from "../../../support/remote-repository.ts";

test("a commit whose tree cannot be read is a gap, and not a commit without files", async () => {
  const repository = remoteRepository(linear([{ "a.txt": "a\n" }]));
  onTestFinished(() => repository.remove());
  const mirror = new Mirror(join(repository.directory, "7.git"), process.env);
  await mirror.create();
  const person = "Ann <ann@example.org> 1700000000 +0000";
  const commit = `tree ${"a1".repeat(20)}\nauthor ${person}\ncommitter ${person}\n\nno tree\n`;
  const sha = execFileSync("git", ["hash-object", "-w", "-t", "commit", "--literally", "--stdin"], {
    input: commit,
    env: { ...process.env, GIT_DIR: mirror.path, GIT_OBJECT_DIRECTORY: mirror.objects },
  });
  const [content] = await readAll(repository.source, [sha.toString().trim()]);
  expect(content?.gaps).toMatchObject([{ reason: "unavailable" }]);
});
