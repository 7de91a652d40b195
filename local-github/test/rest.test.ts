import { symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import { objectIn, startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

describe("the REST API", () => {
  test("shows a commit with its files and patches", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("first", { "a.txt": "one\ntwo\n", "gone.txt": "x\n", "old.txt": "1\n2\n3\n4\n5\n" });
    await clone.git("mv", "old.txt", "new name.txt");
    await clone.git("rm", "--quiet", "gone.txt");
    const sha = await clone.commit("second", {
      "a.txt": "one\n2\n",
      bin: Buffer.from([0, 1, 2, 0]),
      empty: "",
    });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await scenario.token();
    const { status, body } = await scenario.ask("GET", `${REPO}/commits/${sha}`, { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sha,
      commit: { message: "second", author: { name: "Ann" } },
      author: { login: "ann" },
      stats: { additions: 1, deletions: 2, total: 3 },
      files: [
        { filename: "a.txt", status: "modified", patch: "@@ -1,2 +1,2 @@\n one\n-two\n+2" },
        { filename: "bin", status: "added", changes: 0 },
        { filename: "empty", status: "added", changes: 0 },
        { filename: "gone.txt", status: "removed", patch: "@@ -1 +0,0 @@\n-x" },
        { filename: "new name.txt", status: "renamed", previous_filename: "old.txt", changes: 0 },
      ],
    });
    const files = objectsOf(objectIn(body)["files"]);
    expect(files.filter((file) => "patch" in file).map((file) => file["filename"])).toEqual([
      "a.txt",
      "gone.txt",
    ]);
    const blob = await scenario.ask("GET", `${REPO}/git/blobs/${String(files[1]?.["sha"])}`, { token });
    expect(blob.body).toMatchObject({ size: 4, encoding: "base64", content: "AAECAA==" });
    const content = await scenario.ask("GET", `${REPO}/contents/new%20name.txt?ref=main`, {
      token,
      headers: { accept: "application/vnd.github.raw+json" },
    });
    expect(content.text).toBe("1\n2\n3\n4\n5\n");
    expect((await scenario.ask("GET", `${REPO}/contents/.github/rollcall.yml`, { token })).status).toBe(404);
  });

  test("stores check runs and issues", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const sha = await clone.commit("first", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await scenario.token();
    const made = await scenario.ask("POST", `${REPO}/check-runs`, {
      token,
      body: { name: "Rollcall", head_sha: sha, status: "in_progress" },
    });
    expect(made.status).toBe(201);
    const id = Number(objectIn(made.body)["id"]);
    const annotation = {
      path: "a.txt",
      start_line: 1,
      end_line: 1,
      annotation_level: "failure",
      message: "m",
    };
    const done = await scenario.ask("PATCH", `${REPO}/check-runs/${id}`, {
      token,
      body: { conclusion: "failure", output: { title: "t", summary: "s", annotations: [annotation] } },
    });
    expect(done.body).toMatchObject({
      status: "completed",
      conclusion: "failure",
      output: { annotations_count: 1 },
    });
    const [run] = scenario.github.checkRuns(scenario.repository, sha);
    expect(run).toMatchObject({ title: "t", summary: "s", annotations: [annotation] });

    const issue = await scenario.ask("POST", `${REPO}/issues`, {
      token,
      body: { title: "Roll it", labels: ["security"] },
    });
    expect(issue.body).toMatchObject({
      number: 1,
      user: { login: "rollcall[bot]" },
      labels: [{ name: "security" }],
    });
    const listed = await scenario.ask("GET", `${REPO}/issues?creator=rollcall%5Bbot%5D&state=all`, { token });
    expect(listed.body).toMatchObject([{ number: 1 }]);
    const role = await scenario.ask("GET", `${REPO}/collaborators/ann/permission`, { token });
    expect(role.body).toMatchObject({ permission: "write", role_name: "write" });
    await scenario.github.idle();
    expect(scenario.events("check_run").map((event) => event["action"])).toEqual(["created", "completed"]);
    expect(scenario.events("issues")).toMatchObject([{ action: "opened" }]);
  });

  test("gives tokens only to the app", async () => {
    const scenario = await startScenario();
    const path = `/app/installations/${scenario.installation.id}/access_tokens`;
    expect((await scenario.ask("POST", path, { token: scenario.appToken({ iss: 1 }) })).status).toBe(401);
    expect((await scenario.ask("POST", path, { token: scenario.appToken({ exp: 1 }) })).status).toBe(401);
    expect(
      (await scenario.ask("POST", path, { token: `${scenario.appToken().slice(0, -4)}AAAA` })).status,
    ).toBe(401);
    expect((await scenario.ask("POST", path, { token: scenario.appToken() })).status).toBe(201);
  });
});

describe("contents", () => {
  test("list a folder and follow links", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("one", { "dir/a.txt": "x\n", "dir/b/c.txt": "c\n" });
    await symlink("dir/a.txt", `${clone.directory}/inside`);
    await symlink("/etc/hosts", `${clone.directory}/outside`);
    await clone.commit("links");
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await scenario.token();
    const get = async (path: string): Promise<unknown> => {
      const answer = await scenario.ask("GET", `${REPO}/contents/${path}`, { token });
      return answer.body;
    };
    expect(await get("dir")).toMatchObject([
      { name: "a.txt", type: "file" },
      { name: "b", type: "dir" },
    ]);
    expect(await get("inside")).toMatchObject({ type: "file", path: "inside", content: "eAo=" });
    expect(await get("outside")).toMatchObject({ type: "symlink", target: "/etc/hosts" });
  });
});

describe("the hourly limit", () => {
  test("refuses requests with 403 until it resets", async () => {
    const scenario = await startScenario({ private: false });
    scenario.github.setRateLimit({ used: 5000 });
    const refused = await scenario.ask("GET", REPO);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    scenario.github.setRateLimit({ resetAt: 0 });
    expect((await scenario.ask("GET", REPO)).status).toBe(200);
  });

  test("does not count 304 answers", async () => {
    const scenario = await startScenario({ private: false });
    const first = await scenario.ask("GET", REPO);
    const again = await scenario.ask("GET", REPO, {
      headers: { "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
  });
});
