import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ZodError } from "zod";
import type { Notice } from "../../src/domain/index.ts";
import { EVENTS } from "../../src/events/index.ts";
import { keyOf as generatedKey } from "../../fixtures/keys.ts";
import { changed, eventOf, payloadOf } from "../support/deliveries.ts";
import type { Payload } from "../support/deliveries.ts";

const [A, B, C, D] = ["a1", "b2", "c3", "d4"].map((pair) => pair.repeat(20));
const REPOSITORY = {
  id: 9001,
  installationId: 5005,
  owner: "acme",
  name: "shop",
  private: true,
  defaultBranch: "main",
};
const NOON = new Date("2026-11-21T12:00:00Z");
const RECEIVED = new Date("2026-11-21T12:34:56Z");

const FILES = readdirSync(join(import.meta.dirname, "../../fixtures/webhooks")).map((file) =>
  file.replace(".json", ""),
);

function nameOf(file: string, payload: Payload): string {
  return `${eventOf(file)}${typeof payload["action"] === "string" ? `.${payload["action"]}` : ""}`;
}

function noticesOf(file: string, payload: Payload): Notice[] {
  const event = EVENTS.find((candidate) => candidate.names.includes(nameOf(file, payload)));
  return event?.notices(payload, RECEIVED) ?? [];
}

const push = { kind: "scope", trust: { kind: "writer" }, lane: "trusted", repository: REPOSITORY };
const pull = { kind: "scope", trust: { kind: "author", login: "ann" }, repository: REPOSITORY };
const pullScope = { kind: "pull_request", number: 7, base: A, head: C };
const pullEnded = { kind: "scope_ended", repository: REPOSITORY, key: "pull_request:7" };

test.each<[string, object[]]>([
  [
    "push",
    [
      {
        ...push,
        scope: { kind: "push", ref: "refs/heads/main", before: A, after: C },
        facts: {
          listedCommits: [B, C],
          commitCount: 2,
          previousHead: A,
          forced: false,
          tag: null,
          changesConfiguration: false,
        },
      },
    ],
  ],
  ["push-new-branch", [{ ...push, scope: { ref: "refs/heads/feature/pay", before: null, after: C } }]],
  ["push-forced", [{ ...push, scope: { before: D, after: C }, facts: { forced: true, previousHead: D } }]],
  ["push-configuration", [{ ...push, facts: { changesConfiguration: true } }]],
  [
    "push-deleted-branch",
    [{ kind: "scope_ended", repository: REPOSITORY, key: "push:refs/heads/feature/pay" }],
  ],
  ["push-annotated-tag", [{ ...push, scope: { ref: "refs/tags/v1.0.0", after: C }, facts: { tag: D } }]],
  ["push-light-tag", [{ ...push, scope: { ref: "refs/tags/v1.0.1", after: C }, facts: { tag: null } }]],
  ["push-tag-of-a-blob", []],
  ["pull-request-opened", [{ ...pull, scope: pullScope, facts: { commitCount: 2, previousHead: null } }]],
  ["pull-request-synchronize", [{ ...pull, scope: pullScope, facts: { previousHead: B } }]],
  ["pull-request-reopened", [{ ...pull, scope: pullScope }]],
  ["pull-request-base-edited", [{ ...pull, scope: pullScope }]],
  ["pull-request-title-edited", []],
  ["pull-request-closed", [pullEnded]],
  [
    "pull-request-merged",
    [{ ...pull, trust: { kind: "writer" }, lane: "trusted", scope: pullScope }, pullEnded],
  ],
  [
    "pull-request-from-a-deleted-fork",
    [{ ...pull, trust: { kind: "author", login: "ghost" }, scope: pullScope }],
  ],
  ["pull-request-labeled", []],
  [
    "merge-group-checks-requested",
    [
      {
        kind: "scope",
        trust: { kind: "nobody" },
        asOf: RECEIVED,
        scope: { kind: "merge_group", base: A, head: C },
      },
    ],
  ],
  ["merge-group-destroyed", [{ kind: "scope_ended", asOf: RECEIVED }]],
  ["check-run-rerequested", [{ kind: "rerun", repository: REPOSITORY, head: C }]],
  ["issues-closed", [{ kind: "issue_changed", repository: REPOSITORY, number: 12, marked: true }]],
  [
    "issues-edited",
    [
      { kind: "issue_changed", repository: REPOSITORY, number: 12, marked: true },
      {
        kind: "boxes_changed",
        repository: REPOSITORY,
        number: 12,
        login: "ann",
        ticked: ["1".repeat(16)],
        unticked: ["2".repeat(16)],
      },
    ],
  ],
  ["check-run-completed", []],
  [
    "check-suite-rerequested",
    [
      { kind: "rerun", repository: REPOSITORY, head: C },
      { kind: "rerun_history", repository: REPOSITORY, head: C },
    ],
  ],
  [
    "installation-created",
    [
      {
        kind: "installed",
        since: NOON,
        repositories: [
          { id: 9001, installationId: 5005, owner: "acme", name: "shop", private: true },
          { id: 9002, installationId: 5005, owner: "acme", name: "site", private: false },
        ],
      },
    ],
  ],
  ["installation-repositories-added", [{ kind: "installed", repositories: [{ id: 9003, name: "api" }] }]],
  ["installation-deleted", [{ kind: "uninstalled", installationId: 5005, repositoryIds: null }]],
])("%s", async (file, expected) => {
  const notices = noticesOf(file, await payloadOf(file));
  expect(notices).toMatchObject(expected);
  expect(notices).toHaveLength(expected.length);
});

test.each([
  [1795262400, NOON],
  ["2026-11-21T12:00:00Z", NOON],
  [null, RECEIVED],
])("the time of a push is read from %j", async (time, expected) => {
  const payload = changed(await payloadOf("push"), "repository.pushed_at", time);
  expect(noticesOf("push", payload)).toMatchObject([{ asOf: expected }]);
});

test.each([
  ["forced", { facts: { forced: true } }],
  ["deleted", {}],
  ["head_commit", { scope: { after: C } }],
  ["commits", { facts: { listedCommits: null, commitCount: null } }],
])("a push without %s is still read", async (field, expected) => {
  expect(noticesOf("push", changed(await payloadOf("push"), field, undefined))).toMatchObject([expected]);
});

test.each([
  ["OWNER", 1, "trusted"],
  ["COLLABORATOR", 1, "trusted"],
  ["CONTRIBUTOR", 1, "stranger"],
  ["NONE", REPOSITORY.id, "trusted"],
  [undefined, undefined, "stranger"],
])("a pull request by %j from repository %j waits with the %s ones", async (association, from, lane) => {
  const opened = await payloadOf("pull-request-opened");
  const by = changed(opened, "pull_request.author_association", association);
  const repo = from === undefined ? undefined : { id: from };
  expect(noticesOf("pull-request-opened", changed(by, "pull_request.head.repo", repo))).toMatchObject([
    { lane },
  ]);
});

test.each([
  ["publicized", "active"],
  ["renamed", "active"],
  ["transferred", "active"],
  ["archived", "archived"],
  ["deleted", "removed"],
])("a repository that was %s is %s", async (action, state) => {
  const { repository, installation } = await payloadOf("push");
  const payload = { action, repository, installation };
  expect(noticesOf("repository", payload)).toEqual([
    {
      kind: "repository_changed",
      repository: REPOSITORY,
      state,
      publicized: action === "publicized",
    },
  ]);
});

test("a Re-run of the check on the history concerns that check alone", async () => {
  const rerequested = await payloadOf("check-run-rerequested");
  const named = changed(rerequested, "check_run.name", "Rollcall history");
  expect(noticesOf("check-run-rerequested", named)).toEqual([
    { kind: "rerun_history", repository: REPOSITORY, head: C },
  ]);
});

test.each([
  ["accept_unread", [{ kind: "accept_unread", repository: REPOSITORY, head: C, login: "bob" }]],
  ["recheck", [{ kind: "recheck", repository: REPOSITORY, head: C, login: "bob" }]],
  ["ignore_test_keys", [{ kind: "ignore_test_keys", repository: REPOSITORY, head: C, login: "bob" }]],
  ["another", []],
])("the button %s of the check", async (identifier, expected) => {
  const rerequested = await payloadOf("check-run-rerequested");
  const pressed = { ...rerequested, action: "requested_action", requested_action: { identifier } };
  expect(noticesOf("check-run", { ...pressed, sender: { login: "bob" } })).toEqual(expected);
});

test("boxes that a bot ticks are of no person, and an issue without a marker says so", async () => {
  const edited = await payloadOf("issues-edited");
  const byBot = noticesOf("issues-edited", changed(edited, "sender.type", "Bot"));
  expect(byBot).toMatchObject([{ kind: "issue_changed" }, { kind: "boxes_changed", login: null }]);
  const unmarked = changed(await payloadOf("issues-closed"), "issue.body", null);
  expect(noticesOf("issues-closed", unmarked)).toMatchObject([{ kind: "issue_changed", marked: false }]);
});

test("an installation that loses repositories names them", async () => {
  const { installation } = await payloadOf("push");
  const payload = { action: "removed", installation, repositories_removed: [{ id: 9003 }] };
  expect(noticesOf("installation-repositories-removed", payload)).toEqual([
    { kind: "uninstalled", installationId: 5005, repositoryIds: [9003] },
  ]);
});

test.each(["unsuspend", "new_permissions_accepted"])(
  "after %s the repositories of the installation are looked through again",
  async (action) => {
    const payload = changed(await payloadOf("installation-created"), "action", action);
    expect(noticesOf("installation-created", payload)).toMatchObject([
      { kind: "installed", repositories: [{ id: 9001 }, { id: 9002 }] },
    ]);
  },
);

test.each([
  ["push", "ref"],
  ["push", "after"],
  ["push", "before"],
  ["push", "repository"],
  ["push", "repository.id"],
  ["push", "installation"],
  ["pull-request-opened", "pull_request"],
  ["pull-request-opened", "pull_request.head.sha"],
  ["pull-request-opened", "pull_request.base.sha"],
  ["pull-request-opened", "pull_request.updated_at"],
  ["pull-request-opened", "installation"],
  ["pull-request-closed", "repository.default_branch"],
  ["merge-group-checks-requested", "merge_group.head_sha"],
  ["check-run-rerequested", "check_run.head_sha"],
  ["check-suite-rerequested", "check_suite.head_sha"],
  ["issues-closed", "issue.number"],
  ["issues-edited", "sender.login"],
  ["installation-created", "installation"],
  ["installation-deleted", "installation"],
])("%s with a wrong or missing %s is an error, never a delivery without notices", async (file, path) => {
  const payload = await payloadOf(file);
  for (const value of [undefined, 12.5, { not: "this" }])
    expect(() => noticesOf(file, changed(payload, path, value))).toThrow(ZodError);
});

test.each([
  "push",
  "pull-request-opened",
  "pull-request-closed",
  "merge-group-checks-requested",
  "push-deleted-branch",
])("%s: no notice holds a key from message, name of branch, title or people", async (file) => {
  const key = generatedKey("sk_live_", file);
  const text = JSON.stringify(await payloadOf(file))
    .replaceAll("Take payments", `Take ${key}`)
    .replaceAll("feature/pay", `feature/${key}`)
    .replaceAll("queue/main", `queue/${key}`)
    .replaceAll("Ann", key);
  const payload: unknown = JSON.parse(text);
  const notices = EVENTS.filter((event) =>
    event.names.some((name) => name.startsWith(eventOf(file))),
  ).flatMap((event) => event.notices(payload, RECEIVED));
  expect(notices.length).toBeGreaterThan(0);
  expect(JSON.stringify(notices)).not.toContain(key.slice(12, 60));
});

test("a default branch with a key in its name is kept redacted, and still the default one", async () => {
  const key = generatedKey("sk_live_", "default-branch");
  const named = changed(await payloadOf("push"), "repository.default_branch", key);
  const [notice] = noticesOf("push", changed(named, "ref", `refs/heads/${key}`));
  expect(JSON.stringify(notice)).not.toContain(key.slice(-40, -8));
  if (notice?.kind !== "scope" || notice.scope.kind !== "push") throw new Error("a push");
  expect(notice.scope.ref).toBe(`refs/heads/${notice.repository.defaultBranch}`);
  expect(notice.facts.inNames).toMatchObject([{ place: "ref_name" }]);
});

test.each([
  ["pull-request-opened", REPOSITORY.id, { kind: "author", login: "ann", inRepository: true }],
  ["pull-request-opened", 1, { kind: "author", login: "ann" }],
  ["pull-request-merged", REPOSITORY.id, { kind: "writer" }],
  ["pull-request-merged", 1, { kind: "writer", author: "ann" }],
  ["pull-request-merged", undefined, { kind: "writer", author: "ann" }],
])("%s from repository %j remembers an author whose commits no writer pushed", async (file, from, trust) => {
  const payload = changed(await payloadOf(file), "pull_request.user", { login: "ann" });
  const repo = from === undefined ? null : { id: from };
  const [notice] = noticesOf(file, changed(payload, "pull_request.head.repo", repo));
  expect(notice?.kind === "scope" ? notice.trust : null).toEqual(trust);
});

/** Of all webhooks, everything that a payload must have: who it is about, where, and what happened. */
const NEEDED = new Set(
  [
    "action ref before after installation installation.id repository repository.id repository.name",
    "repository.private repository.default_branch repository.owner repository.owner.login",
    "pull_request pull_request.number pull_request.updated_at pull_request.base pull_request.base.sha",
    "pull_request.head pull_request.head.sha merge_group merge_group.head_sha merge_group.head_ref",
    "merge_group.base_sha check_run check_run.head_sha check_run.name check_suite check_suite.head_sha issue issue.number",
    "sender.login head_commit.id pull_request.user.login pull_request.head.repo.id",
  ].flatMap((line) => line.split(" ")),
);

/** Every field of a payload, by its path; lists are left whole. */
function fieldsOf(payload: object, at = ""): string[] {
  return Object.entries<unknown>({ ...payload }).flatMap(([name, value]) => {
    const path = at === "" ? name : `${at}.${name}`;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? [path, ...fieldsOf(value, path)] : [path];
  });
}

test.each(FILES)("%s is taken without any field that is not needed", async (file) => {
  const payload = await payloadOf(file);
  const event = EVENTS.find(({ names }) => names.includes(nameOf(file, payload)));
  const refusing = fieldsOf(payload).filter((path) => {
    try {
      event?.notices(changed(payload, path, undefined), RECEIVED);
      return false;
    } catch {
      return true;
    }
  });
  expect(refusing.filter((path) => !NEEDED.has(path))).toEqual([]);
});
