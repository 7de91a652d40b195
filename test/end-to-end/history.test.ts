import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const environment = { HISTORY_ISSUE_SECONDS: "0" };
const app = await installApp({ lasts: "file", as: "hurried", installed: false, environment });

function pay(key: string): Record<string, string> {
  return { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` };
}

/** Lets the app hear of a repository that was there before. */
function install(shop: Project): void {
  const [installation] = app.github.installations;
  if (installation === undefined) app.github.install({ on: "acme", repositories: [shop.repository] });
  else app.github.addRepositories(installation, [shop.repository]);
}

/** The ends of keys that issues name: prefix and last four characters are shown. */
function filed(shop: Project, keys: Readonly<Record<string, string>>): readonly string[] {
  const text = shop
    .issues()
    .map(({ title, body }) => `${title} ${body}`)
    .join("\n");
  return Object.entries(keys)
    .flatMap(([name, key]) => (text.includes(key.slice(-4)) ? [name] : []))
    .toSorted();
}

test("on installation everything is read: old commits, notes, tags and pull requests, but no stranger's key is filed", async () => {
  const shop = await app.project();
  const keys = {
    gone: app.key("long-gone"),
    note: app.key("in-a-note"),
    tag: app.key("in-a-tag"),
    stranger: app.key("of-a-stranger"),
    writer: app.key("of-a-writer"),
    merged: app.key("merged"),
  };
  const clone = await shop.clone();
  await clone.commit("Begin", pay(keys.gone));
  await clone.commit("Clean up", { "pay.py": "import os\n" });
  await clone.git("notes", "add", "-m", keys.note);
  await clone.git("tag", "-a", "-m", `Release with ${keys.tag}`, "v1");
  await clone.push("HEAD:main", "refs/notes/*:refs/notes/*", "v1");
  for (const by of ["stranger", "writer", "merged"] as const) {
    const login = by === "writer" ? "ann" : "stranger";
    const from = await app.github.forkRepository(shop.repository, login);
    const fork = await shop.clone(login, from);
    await fork.git("switch", "--quiet", "--create", by);
    await fork.commit(by, pay(keys[by]));
    await fork.commit("Clean up", { "pay.py": "import os\n", [by]: by });
    await fork.push(`HEAD:${by}`);
    const pull = await app.github.openPullRequest(shop.repository, { head: by, from, by: login });
    if (by === "merged") await app.github.mergePullRequest(shop.repository, pull, "ann", "squash");
  }
  await app.github.idle();
  install(shop);
  await app.github.until(() => filed(shop, keys).length >= 5, "the issues of the history");
  await app.settled();
  expect(filed(shop, keys)).toEqual(["gone", "merged", "note", "tag", "writer"]);
});

test.each(["fetching a history", "searching a history"])(
  "killed while it is %s: after a restart the history is read and filed once",
  async (moment) => {
    const shop = await app.project();
    const keys = { one: app.key(`${moment} one`), two: app.key(`${moment} two`) };
    const clone = await shop.clone();
    await clone.commit("One", pay(keys.one));
    await clone.commit("Two", pay(keys.two));
    await clone.commit("Clean up", { "pay.py": "import os\n" });
    await clone.push("HEAD:main");
    await app.github.idle();
    const reached = app.log.next(moment);
    install(shop);
    await reached;
    await app.stop("SIGKILL");
    await app.start();
    await app.github.until(() => filed(shop, keys).length >= 2, "the issues of the history");
    await app.settled();
    expect(filed(shop, keys)).toEqual(["one", "two"]);
    expect(shop.issues()).toHaveLength(2);
  },
);
