import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import { startScenario } from "./support/scenario.ts";

describe("a push over HTTP", () => {
  test("arrives as a signed webhook with its commits", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const first = await clone.commit("first", { "a.txt": "one\n" });
    const second = await clone.commit("second", { "a.txt": "two\n", "b/c d.txt": "new\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await scenario.github.idle();

    expect(scenario.received.every((one) => one.signed)).toBe(true);
    const [push] = scenario.events("push");
    expect(push).toMatchObject({
      ref: "refs/heads/main",
      before: "0".repeat(40),
      after: second,
      created: true,
      deleted: false,
      forced: false,
      repository: { full_name: "acme/shop", private: true, default_branch: "main" },
      installation: { id: scenario.installation.id },
      pusher: { name: "ann" },
      sender: { login: "ann" },
      head_commit: { id: second, added: ["b/c d.txt"], modified: ["a.txt"] },
    });
    expect(push?.["commits"]).toMatchObject([
      { id: first, message: "first", distinct: true, added: ["a.txt"] },
      { id: second, message: "second", distinct: true },
    ]);
    expect(scenario.events("check_suite")).toMatchObject([
      { action: "requested", check_suite: { head_sha: second } },
    ]);
  });

  test("is refused without write access, and to the app", async () => {
    const scenario = await startScenario({ private: false });
    const clone = await scenario.clone("stranger");
    await clone.commit("mine", { "a.txt": "one\n" });
    await expect(clone.git("push", "origin", "HEAD:main")).rejects.toThrow(/403/);
    const url = new URL(scenario.github.cloneUrl(scenario.repository, "ann"));
    url.username = "x-access-token";
    url.password = await scenario.token();
    await expect(clone.git("push", url.href, "HEAD:main")).rejects.toThrow(/403/);
    await expect(clone.git("ls-remote", url.href)).resolves.toBe("");
    await scenario.github.idle();
    expect(scenario.events("push")).toEqual([]);
  });

  test("lists at most 2,048 commits, each with its paths", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const person = "Ann <ann@example.org>";
    const stream = Array.from({ length: 2100 }, (_, number) =>
      [
        "commit refs/heads/main",
        `committer ${person} ${1_700_000_000 + number} +0000`,
        `data ${String(number).length}`,
        `${number}`,
        `M 100644 inline f${number}`,
        "data 2",
        "x",
        "",
      ].join("\n"),
    ).join("\n");
    await clone.fastImport(stream);
    await clone.git("push", "--quiet", "origin", "main");
    await scenario.github.idle();
    const [push] = scenario.events("push");
    const commits = objectsOf(push?.["commits"]);
    expect(commits).toHaveLength(2048);
    expect(commits.at(-1)).toMatchObject({ message: "2099", added: ["f2099"], id: push?.["after"] });
  });

  test("creates no check suite if the last commit asks to skip checks", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("quiet\n\nskip-checks: true", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await scenario.github.idle();
    expect(scenario.events("push")).toHaveLength(1);
    expect(scenario.events("check_suite")).toEqual([]);
  });
});
