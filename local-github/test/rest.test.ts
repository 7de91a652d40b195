import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import { objectIn, openWorkplace } from "./support/workplace.ts";

const REPO = "/repos/acme/shop";

describe("the REST interface", () => {
  test("shows a commit with its files and patches", async () => {
    const place = await openWorkplace();
    const clone = await place.clone();
    await clone.commit("first", { "a.txt": "one\ntwo\n", "gone.txt": "x\n", "old.txt": "1\n2\n3\n4\n5\n" });
    await clone.git("mv", "old.txt", "new name.txt");
    await clone.git("rm", "--quiet", "gone.txt");
    const sha = await clone.commit("second", {
      "a.txt": "one\n2\n",
      bin: Buffer.from([0, 1, 2, 0]),
      empty: "",
    });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await place.token();
    const { status, body } = await place.ask("GET", `${REPO}/commits/${sha}`, { token });
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
    const blob = await place.ask("GET", `${REPO}/git/blobs/${String(files[1]?.["sha"])}`, { token });
    expect(blob.body).toMatchObject({ size: 4, encoding: "base64", content: "AAECAA==" });
    const content = await place.ask("GET", `${REPO}/contents/new%20name.txt?ref=main`, {
      token,
      headers: { accept: "application/vnd.github.raw+json" },
    });
    expect(content.text).toBe("1\n2\n3\n4\n5\n");
    expect((await place.ask("GET", `${REPO}/contents/.github/rollcall.yml`, { token })).status).toBe(404);
  });

  test("keeps check runs and issues", async () => {
    const place = await openWorkplace();
    const clone = await place.clone();
    const sha = await clone.commit("first", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await place.token();
    const made = await place.ask("POST", `${REPO}/check-runs`, {
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
    const done = await place.ask("PATCH", `${REPO}/check-runs/${id}`, {
      token,
      body: { conclusion: "failure", output: { title: "t", summary: "s", annotations: [annotation] } },
    });
    expect(done.body).toMatchObject({
      status: "completed",
      conclusion: "failure",
      output: { annotations_count: 1 },
    });
    const [run] = place.github.checkRuns(place.repository, sha);
    expect(run).toMatchObject({ title: "t", summary: "s", annotations: [annotation] });

    const issue = await place.ask("POST", `${REPO}/issues`, {
      token,
      body: { title: "Roll it", labels: ["security"] },
    });
    expect(issue.body).toMatchObject({
      number: 1,
      user: { login: "rollcall[bot]" },
      labels: [{ name: "security" }],
    });
    const listed = await place.ask("GET", `${REPO}/issues?creator=rollcall%5Bbot%5D&state=all`, { token });
    expect(listed.body).toMatchObject([{ number: 1 }]);
    const role = await place.ask("GET", `${REPO}/collaborators/ann/permission`, { token });
    expect(role.body).toMatchObject({ permission: "write", role_name: "write" });
    await place.github.idle();
    expect(place.events("check_run").map((event) => event["action"])).toEqual(["created", "completed"]);
    expect(place.events("issues")).toMatchObject([{ action: "opened" }]);
  });

  test("gives tokens to the app alone", async () => {
    const place = await openWorkplace();
    const path = `/app/installations/${place.installationId}/access_tokens`;
    expect((await place.ask("POST", path, { token: place.appToken({ iss: 1 }) })).status).toBe(401);
    expect((await place.ask("POST", path, { token: place.appToken({ exp: 1 }) })).status).toBe(401);
    expect((await place.ask("POST", path, { token: `${place.appToken().slice(0, -4)}AAAA` })).status).toBe(
      401,
    );
    expect((await place.ask("POST", path, { token: place.appToken() })).status).toBe(201);
  });
});
