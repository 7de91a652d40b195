import { Probot } from "probot";
import { describe, expect, test } from "vitest";
import { APP_ID, appKey, startScenario } from "./support/scenario.ts";

describe("Probot's Octokit", () => {
  test("works with it as with GitHub Enterprise Server", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const base = await clone.commit("base", { "a.txt": "x\n", "dir/sub dir/b.txt": "b\n" });
    const sha = await clone.commit("more", { "c.txt": "c\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:feature/one");
    const probot = new Probot({
      appId: APP_ID,
      privateKey: appKey,
      baseUrl: scenario.github.apiUrl,
      logLevel: "fatal",
    });
    const asApp = await probot.auth();
    expect((await asApp.rest.apps.getAuthenticated()).data?.slug).toBe("rollcall");
    const octokit = await probot.auth(scenario.installation.id);
    const where = { owner: "acme", repo: "shop" };
    const content = await octokit.rest.repos.getContent({
      ...where,
      path: "dir/sub dir/b.txt",
      ref: "feature/one",
    });
    expect(content.data).toMatchObject({ path: "dir/sub dir/b.txt", content: "Ygo=" });
    const ref = await octokit.rest.git.getRef({ ...where, ref: "heads/feature/one" });
    expect(ref.data.object.sha).toBe(sha);
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({
      ...where,
      basehead: `${base}...feature/one`,
    });
    expect(compared.data.total_commits).toBe(1);
    for (let number = 1; number <= 7; number += 1)
      scenario.github.openIssue(scenario.repository, "ann", { title: `issue ${number}` });

    const all = await octokit.paginate(octokit.rest.issues.listForRepo, {
      ...where,
      per_page: 3,
      state: "all",
    });
    expect(all.map((issue) => issue.number)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    await scenario.github.idle();
    const deliveries = await asApp.paginate(asApp.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(new Set(deliveries.map((one) => one.id)).size).toBe(scenario.github.deliveries.length);
    expect(scenario.github.requests.map((one) => one.operation)).not.toContain(null);
  });
});
