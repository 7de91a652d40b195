import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import type { Scenario } from "./support/scenario.ts";
import { objectIn, startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

async function pushed(scenario: Scenario, files: Readonly<Record<string, string>>): Promise<string> {
  const clone = await scenario.clone();
  await clone.commit("base", { "base.txt": "x\n" });
  const sha = await clone.commit("many", files);
  await clone.git("push", "--quiet", "origin", "HEAD:main");
  await scenario.github.idle();
  return sha;
}

function numbered(count: number, body: (index: number) => string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`f/${String(index).padStart(5, "0")}.txt`, body(index)]),
  );
}

describe("a commit", () => {
  test("lists 300 files a page, up to 3,000", async () => {
    const scenario = await startScenario();
    const sha = await pushed(
      scenario,
      numbered(3100, (index) => `${index}\n`),
    );
    const token = await scenario.token();
    const names = new Set<unknown>();
    let next: string | null = `${REPO}/commits/${sha}`;
    let pages = 0;
    while (next !== null) {
      const answer = await scenario.ask("GET", next, { token });
      const files = objectsOf(objectIn(answer.body)["files"]);
      expect(files).toHaveLength(300);
      for (const file of files) names.add(file["filename"]);
      pages += 1;
      const link: string | undefined = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(
        answer.headers.get("link") ?? "",
      )?.[1];
      next = link ?? null;
    }
    expect(pages).toBe(10);
    expect(names.size).toBe(3000);
    const beyond = await scenario.ask("GET", `${REPO}/commits/${sha}?page=11`, { token });
    expect(objectIn(beyond.body)["files"]).toEqual([]);
  });

  test.each([
    ["20,000 lines in a file", { "a.txt": "x\n".repeat(19_999) }, ["a.txt"]],
    ["more than 20,000 lines in a file", { "a.txt": "x\n".repeat(20_001), "b.txt": "b\n" }, ["b.txt"]],
    ["over 500 KB in a file", { "a.txt": `${"x".repeat(500_100)}\n`, "b.txt": "b\n" }, ["b.txt"]],
    ["a single line of 5 MB", { "a.txt": "x".repeat(5_000_000), "b.txt": "b\n" }, ["b.txt"]],
    [
      "over 1 MB in all",
      {
        "a.txt": `${"x".repeat(400_000)}\n`,
        "b.txt": `${"x".repeat(400_000)}\n`,
        "c.txt": `${"x".repeat(400_000)}\n`,
        "d.txt": "d\n",
      },
      ["a.txt", "b.txt", "d.txt"],
    ],
  ])("has patches up to the limit: %s", async (_what, files, shown) => {
    const scenario = await startScenario();
    const sha = await pushed(scenario, files);
    const { body } = await scenario.ask("GET", `${REPO}/commits/${sha}`, { token: await scenario.token() });
    const patched = objectsOf(objectIn(body)["files"]).filter((file) => "patch" in file);
    expect(patched.map((file) => file["filename"])).toEqual(shown);
    expect(objectsOf(objectIn(body)["files"])).toHaveLength(Object.keys(files).length);
  });

  test("lists the files of a merge against its first parent", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("base", { "a.txt": "base\n" });
    await clone.git("switch", "--quiet", "-c", "side");
    await clone.commit("side", { "side.txt": "s\n", "a.txt": "side\n" });
    await clone.git("switch", "--quiet", "-");
    await clone.commit("main", { "a.txt": "main\n" });
    await clone.git("merge", "--no-commit", "side").catch(() => "");
    const sha = await clone.commit("merge", { "a.txt": "resolved\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const { body } = await scenario.ask("GET", `${REPO}/commits/${sha}`, { token: await scenario.token() });
    expect(objectIn(body)["parents"]).toHaveLength(2);
    expect(objectsOf(objectIn(body)["files"])).toMatchObject([
      { filename: "a.txt", patch: "@@ -1 +1 @@\n-main\n+resolved" },
      { filename: "side.txt", status: "added" },
    ]);
  });

  test.each([['tab\tand "quote"'], ["new\nline"], ["ümlaut 日本"], ["-dash"], ["a b/c → d"]])(
    "keeps the file name %j",
    async (name) => {
      const scenario = await startScenario();
      const sha = await pushed(scenario, { [name]: "x\n", "z.txt": "z\n" });
      const { body } = await scenario.ask("GET", `${REPO}/commits/${sha}`, { token: await scenario.token() });
      const found = objectsOf(objectIn(body)["files"]).find((file) => file["filename"] === name);
      expect(found).toMatchObject({ status: "added", patch: "@@ -0,0 +1 @@\n+x" });
    },
  );
});

describe("lists", () => {
  test("have pages of at most 100, with links", async () => {
    const scenario = await startScenario();
    for (let number = 1; number <= 105; number += 1)
      scenario.github.openIssue(scenario.repository, "ann", { title: `issue ${number}` });

    const token = await scenario.token();
    const first = await scenario.ask("GET", `${REPO}/issues?per_page=100&state=all`, { token });
    expect(first.body).toHaveLength(100);
    expect(first.headers.get("link")).toMatch(/page=2>; rel="next", <[^>]*page=2>; rel="last"$/);
    const second = await scenario.ask("GET", `${REPO}/issues?per_page=100&state=all&page=2`, { token });
    expect(second.body).toHaveLength(5);
    expect(second.headers.get("link")).not.toContain('rel="next"');
    expect((await scenario.ask("GET", `${REPO}/issues`, { token })).body).toHaveLength(30);
  });
});

describe("a check run", () => {
  const annotation = { path: "a.txt", start_line: 1, end_line: 1, annotation_level: "failure", message: "m" };
  test.each([
    ["51 annotations", { annotations: Array.from({ length: 51 }, () => annotation) }, {}],
    ["a long summary", { summary: "s".repeat(65_536) }, {}],
    ["columns of several lines", { annotations: [{ ...annotation, end_line: 2, start_column: 1 }] }, {}],
    ["an end before the start", { annotations: [{ ...annotation, start_line: 2 }] }, {}],
    ["a long title", { annotations: [{ ...annotation, title: "t".repeat(256) }] }, {}],
    ["a long message", { annotations: [{ ...annotation, message: "m".repeat(65_537) }] }, {}],
    ["a long label", {}, { actions: [{ label: "l".repeat(21), description: "d", identifier: "i" }] }],
  ])("is refused with 422: %s", async (_what, output, more) => {
    const scenario = await startScenario({ expectViolations: true });
    const sha = await pushed(scenario, { "a.txt": "x\n" });
    const body = {
      name: "Rollcall",
      head_sha: sha,
      output: { title: "t", summary: "s", ...output },
      ...more,
    };
    const answer = await scenario.ask("POST", `${REPO}/check-runs`, { token: await scenario.token(), body });
    expect(answer.status).toBe(422);
    expect(scenario.github.checkRuns(scenario.repository, sha)).toEqual([]);
  });

  test("gathers annotations from updates", async () => {
    const scenario = await startScenario();
    const sha = await pushed(scenario, { "a.txt": "x\n" });
    const token = await scenario.token();
    const output = { title: "t", summary: "s", annotations: Array.from({ length: 50 }, () => annotation) };
    const made = await scenario.ask("POST", `${REPO}/check-runs`, {
      token,
      body: { name: "Rollcall", head_sha: sha, status: "in_progress", output },
    });
    const path = `${REPO}/check-runs/${String(objectIn(made.body)["id"])}`;
    const grown = await scenario.ask("PATCH", path, { token, body: { output } });
    expect(grown.body).toMatchObject({ output: { annotations_count: 100 } });
    const listed = await scenario.ask("GET", `${path}/annotations?per_page=100`, { token });
    expect(listed.body).toHaveLength(100);
  });

  test("hides older runs of its name unless all are asked for", async () => {
    const scenario = await startScenario();
    const sha = await pushed(scenario, { "a.txt": "x\n" });
    const token = await scenario.token();
    for (const conclusion of ["failure", "success"]) {
      await scenario.ask("POST", `${REPO}/check-runs`, {
        token,
        body: { name: "Rollcall", head_sha: sha, conclusion },
      });
    }
    const latest = await scenario.ask("GET", `${REPO}/commits/${sha}/check-runs`, { token });
    expect(latest.body).toMatchObject({ total_count: 1, check_runs: [{ conclusion: "success" }] });
    const all = await scenario.ask("GET", `${REPO}/commits/${sha}/check-runs?filter=all&app_id=4711`, {
      token,
    });
    expect(all.body).toMatchObject({ total_count: 2 });
  });
});
