import { describe, expect, test } from "vitest";
import { objectsOf } from "../../local-github/json.ts";
import type { Workplace } from "./workplace.ts";
import { objectIn, openWorkplace } from "./workplace.ts";

const REPO = "/repos/acme/shop";

async function pushed(place: Workplace, files: Readonly<Record<string, string>>): Promise<string> {
  const clone = await place.clone();
  await clone.commit("base", { "base.txt": "x\n" });
  const sha = await clone.commit("many", files);
  await clone.git("push", "--quiet", "origin", "HEAD:main");
  await place.github.idle();
  return sha;
}

function numbered(count: number, body: (index: number) => string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`f/${String(index).padStart(5, "0")}.txt`, body(index)]),
  );
}

describe("the files of a commit", () => {
  test("come 300 a page, up to 3,000", async () => {
    const place = await openWorkplace();
    const sha = await pushed(
      place,
      numbered(3100, (index) => `${index}\n`),
    );
    const token = await place.token();
    const names = new Set<unknown>();
    let next: string | null = `${REPO}/commits/${sha}`;
    let pages = 0;
    while (next !== null) {
      const answer = await place.ask("GET", next, { token });
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
    const beyond = await place.ask("GET", `${REPO}/commits/${sha}?page=11`, { token });
    expect(objectIn(beyond.body)["files"]).toEqual([]);
  });

  test.each([
    ["20,000 lines in a file", { "a.txt": "x\n".repeat(19_999) }, ["a.txt"]],
    ["more lines than that", { "a.txt": "x\n".repeat(20_001), "b.txt": "b\n" }, ["b.txt"]],
    ["500 KB in a file", { "a.txt": `${"x".repeat(500_100)}\n`, "b.txt": "b\n" }, ["b.txt"]],
    ["a single line of 5 MB", { "a.txt": "x".repeat(5_000_000), "b.txt": "b\n" }, ["b.txt"]],
    [
      "1 MB in all",
      {
        "a.txt": `${"x".repeat(400_000)}\n`,
        "b.txt": `${"x".repeat(400_000)}\n`,
        "c.txt": `${"x".repeat(400_000)}\n`,
        "d.txt": "d\n",
      },
      ["a.txt", "b.txt", "d.txt"],
    ],
  ])("show patches up to the limit: %s", async (_what, files, shown) => {
    const place = await openWorkplace();
    const sha = await pushed(place, files);
    const { body } = await place.ask("GET", `${REPO}/commits/${sha}`, { token: await place.token() });
    const patched = objectsOf(objectIn(body)["files"]).filter((file) => "patch" in file);
    expect(patched.map((file) => file["filename"])).toEqual(shown);
    expect(objectsOf(objectIn(body)["files"])).toHaveLength(Object.keys(files).length);
  });

  test("are those against the first parent in a merge", async () => {
    const place = await openWorkplace();
    const clone = await place.clone();
    await clone.commit("base", { "a.txt": "base\n" });
    await clone.git("switch", "--quiet", "-c", "side");
    await clone.commit("side", { "side.txt": "s\n", "a.txt": "side\n" });
    await clone.git("switch", "--quiet", "-");
    await clone.commit("main", { "a.txt": "main\n" });
    await clone.git("merge", "--no-commit", "side").catch(() => "");
    const sha = await clone.commit("merge", { "a.txt": "resolved\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const { body } = await place.ask("GET", `${REPO}/commits/${sha}`, { token: await place.token() });
    expect(objectIn(body)["parents"]).toHaveLength(2);
    expect(objectsOf(objectIn(body)["files"])).toMatchObject([
      { filename: "a.txt", patch: "@@ -1 +1 @@\n-main\n+resolved" },
      { filename: "side.txt", status: "added" },
    ]);
  });

  test.each([['tab\tand "quote"'], ["new\nline"], ["ümlaut 日本"], ["-dash"], ["a b/c → d"]])(
    "keep the name %j",
    async (name) => {
      const place = await openWorkplace();
      const sha = await pushed(place, { [name]: "x\n", "z.txt": "z\n" });
      const { body } = await place.ask("GET", `${REPO}/commits/${sha}`, { token: await place.token() });
      const found = objectsOf(objectIn(body)["files"]).find((file) => file["filename"] === name);
      expect(found).toMatchObject({ status: "added", patch: "@@ -0,0 +1 @@\n+x" });
    },
  );
});

describe("lists", () => {
  test("page with links, at most 100 at once", async () => {
    const place = await openWorkplace();
    for (let number = 1; number <= 105; number += 1)
      place.github.openIssue(place.repository, "ann", { title: `issue ${number}` });
    const token = await place.token();
    const first = await place.ask("GET", `${REPO}/issues?per_page=100&state=all`, { token });
    expect(first.body).toHaveLength(100);
    expect(first.headers.get("link")).toMatch(/page=2>; rel="next", <[^>]*page=2>; rel="last"$/);
    const second = await place.ask("GET", `${REPO}/issues?per_page=100&state=all&page=2`, { token });
    expect(second.body).toHaveLength(5);
    expect(second.headers.get("link")).not.toContain('rel="next"');
    expect((await place.ask("GET", `${REPO}/issues`, { token })).body).toHaveLength(30);
  });
});

describe("check runs refuse with 422", () => {
  const annotation = { path: "a.txt", start_line: 1, end_line: 1, annotation_level: "failure", message: "m" };
  test.each([
    ["51 annotations", { annotations: Array.from({ length: 51 }, () => annotation) }, {}],
    ["a long summary", { summary: "s".repeat(65_536) }, {}],
    ["columns over several lines", { annotations: [{ ...annotation, end_line: 2, start_column: 1 }] }, {}],
    ["lines backwards", { annotations: [{ ...annotation, start_line: 2 }] }, {}],
    ["a long title", { annotations: [{ ...annotation, title: "t".repeat(256) }] }, {}],
    ["a long message", { annotations: [{ ...annotation, message: "m".repeat(65_537) }] }, {}],
    ["a long label", {}, { actions: [{ label: "l".repeat(21), description: "d", identifier: "i" }] }],
  ])("%s", async (_what, output, more) => {
    const place = await openWorkplace({ expectViolations: true });
    const sha = await pushed(place, { "a.txt": "x\n" });
    const body = {
      name: "Rollcall",
      head_sha: sha,
      output: { title: "t", summary: "s", ...output },
      ...more,
    };
    const answer = await place.ask("POST", `${REPO}/check-runs`, { token: await place.token(), body });
    expect(answer.status).toBe(422);
    expect(place.github.checkRuns(place.repository, sha)).toEqual([]);
  });

  test("and gather annotations over updates", async () => {
    const place = await openWorkplace();
    const sha = await pushed(place, { "a.txt": "x\n" });
    const token = await place.token();
    const output = { title: "t", summary: "s", annotations: Array.from({ length: 50 }, () => annotation) };
    const made = await place.ask("POST", `${REPO}/check-runs`, {
      token,
      body: { name: "Rollcall", head_sha: sha, status: "in_progress", output },
    });
    const path = `${REPO}/check-runs/${String(objectIn(made.body)["id"])}`;
    const grown = await place.ask("PATCH", path, { token, body: { output } });
    expect(grown.body).toMatchObject({ output: { annotations_count: 100 } });
    const listed = await place.ask("GET", `${path}/annotations?per_page=100`, { token });
    expect(listed.body).toHaveLength(100);
  });

  test("show only the newest run of a name unless all are asked for", async () => {
    const place = await openWorkplace();
    const sha = await pushed(place, { "a.txt": "x\n" });
    const token = await place.token();
    for (const conclusion of ["failure", "success"]) {
      await place.ask("POST", `${REPO}/check-runs`, {
        token,
        body: { name: "Rollcall", head_sha: sha, conclusion },
      });
    }
    const latest = await place.ask("GET", `${REPO}/commits/${sha}/check-runs`, { token });
    expect(latest.body).toMatchObject({ total_count: 1, check_runs: [{ conclusion: "success" }] });
    const all = await place.ask("GET", `${REPO}/commits/${sha}/check-runs?filter=all&app_id=4711`, { token });
    expect(all.body).toMatchObject({ total_count: 2 });
  });
});
