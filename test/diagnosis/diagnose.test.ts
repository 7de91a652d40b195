import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnose, renderJson, renderText } from "../../src/diagnosis/index.ts";
import type {
  DatabaseFacts,
  Facts,
  GitHubFacts,
  InstallationFacts,
  SettingsFacts,
} from "../../src/diagnosis/index.ts";

const AT = new Date("2026-11-25T12:00:00Z");

const WANTED = {
  permissions: { metadata: "read", contents: "read", checks: "write", issues: "write" },
  events: ["push", "issues", "check_run"],
};

const ACME = {
  ...WANTED,
  account: "acme",
  page: "https://github.com/organizations/acme/settings/installations/1",
  isSuspended: false,
  isSelection: false,
  hasOwnersFile: null,
};

const HOOK = {
  url: "https://rollcall.example.org/api/github/webhooks",
  contentType: "json",
  verifiesCertificate: true,
  hasSecret: true,
};

const SETTINGS: SettingsFacts = {
  state: "set_up",
  problems: [],
  hasBothKeys: false,
  keyType: "rsa",
  openFiles: [],
  unknownNames: [],
  role: "all",
  hasOwnServer: false,
  looksLikePooler: false,
  usesStandInForStripe: false,
  observes: false,
};

const DATABASE: Extract<DatabaseFacts, { kind: "open" }> = {
  kind: "open",
  isEmbedded: true,
  version: "18.4",
  schema: 8,
  knownSchema: 8,
  isReadOnly: false,
  mayCreateTables: true,
  hasNotifications: true,
};

const answered = <Value>(value: Value) => ({ kind: "answered", value }) as const;
const failed = (code: string, isUnknownApp = false) => ({ kind: "failed", code, isUnknownApp }) as const;

const attempt = (guid: string, statusCode: number, minutesAgo = 5, status = "OK") => ({
  guid,
  at: new Date(AT.getTime() - minutesAgo * 60_000),
  event: "push",
  statusCode,
  status,
});

const GITHUB: GitHubFacts = {
  isPublic: true,
  clock: { kind: "read", aheadMs: 300 },
  app: answered({ ...WANTED, slug: "rollcall", page: "https://github.com/apps/rollcall" }),
  installations: answered({ installations: [ACME], isWhole: true }),
  hook: answered(HOOK),
  attempts: answered([attempt("a", 200)]),
  door: { kind: "answered", status: 400 },
  wanted: WANTED,
};

const HEALTHY: Facts = {
  at: AT,
  version: "1.2.3",
  node: "24.21.0",
  settings: SETTINGS,
  git: { kind: "found", version: "2.47.1" },
  folder: {
    path: "data",
    exists: true,
    writeError: null,
    openFolders: [],
    freeBytes: 80e9,
    freeFiles: 1e6,
  },
  database: DATABASE,
  github: GITHUB,
};

const github = (changed: Partial<GitHubFacts>): Partial<Facts> => ({ github: { ...GITHUB, ...changed } });
const settings = (changed: Partial<SettingsFacts>): Partial<Facts> => ({
  settings: { ...SETTINGS, ...changed },
});
const database = (changed: Partial<typeof DATABASE>): Partial<Facts> => ({
  database: { ...DATABASE, ...changed },
});
const folder = (changed: Partial<Facts["folder"]>): Partial<Facts> => ({
  folder: { ...HEALTHY.folder, ...changed },
});
const hook = (changed: Partial<typeof HOOK>, attempts = answered([attempt("a", 200)])): Partial<Facts> =>
  github({ hook: answered({ ...HOOK, ...changed }), attempts });
const acme = (changed: Partial<InstallationFacts>): Partial<Facts> =>
  github({ installations: answered({ installations: [{ ...ACME, ...changed }], isWhole: true }) });

function complaints(changed: Partial<Facts>): string[] {
  return diagnose({ ...HEALTHY, ...changed })
    .findings.filter(({ level }) => level !== "ok")
    .map(({ about, level, says, todo }) => `${level} ${about}: ${says} ${todo ?? "NOTHING TO DO"}`);
}

test("a healthy installation has no complaint and can do everything", () => {
  expect(complaints({})).toEqual([]);
  expect(diagnose(HEALTHY).cannot).toEqual([]);
  expect(renderText(diagnose(HEALTHY))).toContain("no problems, no warnings.");
});

/** Facts that differ from the healthy ones, and what the only complaint begins with and contains. */
const ROWS: readonly (readonly [string, Partial<Facts>, RegExp])[] = [
  ["an old Node", { node: "20.11.0" }, /^problem Node: This is Node 20\.11\.0.*`npm ci`/],
  ["no git", { git: { kind: "missing" } }, /^problem Git: There is no git.*Install git 2\.38/],
  ["a broken git", { git: { kind: "failed" } }, /^problem Git: git does not say/],
  ["git 2.37", { git: { kind: "found", version: "2.37.9" } }, /^problem Git: git 2\.37\.9 is too old/],
  ["git 1.99", { git: { kind: "found", version: "1.99" } }, /^problem Git/],
  [
    "a full disk",
    folder({ writeError: "ENOSPC" }),
    /^problem Data folder: DATA_DIR "data" is on a full disk\. Free/,
  ],
  ["a read-only disk", folder({ writeError: "EROFS" }), /^problem Data folder: .*read-only.*Name a folder/],
  ["a folder of another user", folder({ writeError: "EACCES" }), /^problem Data folder: .*Give the folder/],
  ["an unknown failure to write", folder({ writeError: "EIO" }), /^problem Data folder: .*\(EIO\)/],
  ["a disk with 100 MB left", folder({ freeBytes: 100e6 }), /^problem Disk: Only 100 MB are free.*Free some/],
  ["a disk with 3 GB left", folder({ freeBytes: 3e9 }), /^warning Disk: 3\.0 GB are free.*5 GB/],
  ["a disk without room for files", folder({ freeFiles: 3 }), /^problem Disk: .*3 more files/],
  ["mirrors that all can read", folder({ openFolders: ["data/mirrors"] }), /^warning Data folder: .*chmod/],
  [
    "a wrong variable",
    settings({ state: "wrong", problems: ["ROLE must be all"] }),
    /^problem Settings: ROLE must be all\. /,
  ],
  ["a key in both forms", settings({ hasBothKeys: true }), /^warning Private key: .*Delete the one/],
  ["a key that is no RSA key", settings({ keyType: "ec" }), /^problem Private key: .*type ec/],
  [".env for all to read", settings({ openFiles: [".env"] }), /^warning Secrets: .*chmod 600/],
  ["a misspelt name", settings({ unknownNames: ["PROT"] }), /^warning Settings: \.env sets PROT/],
  ["a stand-in for Stripe", settings({ usesStandInForStripe: true }), /^warning Stripe: .*Delete it/],
  ["a newer schema", database({ schema: 9 }), /^problem Database: .*schema 9.*knows 8.*Start the newer/],
  ["a standby", database({ isReadOnly: true }), /^problem Database: .*no writes.*primary/],
  [
    "a user who may not create tables",
    database({ schema: 0, mayCreateTables: false }),
    /^problem Database: .*GRANT/,
  ],
  [
    "a pooler",
    { ...database({ hasNotifications: false }), ...settings({ looksLikePooler: true }) },
    /^warning Database: DATABASE_URL names a pooler/,
  ],
  ["no notifications", database({ hasNotifications: false }), /^warning Database: The database passes on no/],
  ["a PostgreSQL of the future", database({ version: "19.0" }), /^warning Database: PostgreSQL 19\.0/],
  [
    "a database that does not answer",
    { database: { kind: "failed", code: "database_unavailable", message: "Unreachable." } },
    /^problem Database: Unreachable\. Check DATABASE_URL/,
  ],
  [
    "GitHub does not answer",
    github({
      clock: { kind: "unreachable" },
      app: { kind: "not_asked" },
      installations: { kind: "not_asked" },
      hook: { kind: "not_asked" },
      attempts: { kind: "not_asked" },
      door: null,
    }),
    /^problem GitHub: GitHub does not answer/,
  ],
  ["an answer without a date", github({ clock: { kind: "no_date" } }), /^warning Clock/],
  [
    "a clock that is 10 seconds off",
    github({ clock: { kind: "read", aheadMs: -10_000 } }),
    /^warning Clock: .*10 seconds behind.*NTP/,
  ],
  [
    "a clock that is 5 minutes off",
    github({ clock: { kind: "read", aheadMs: 300_000 } }),
    /^problem Clock: .*5 minutes ahead/,
  ],
  ["an unknown app", github({ app: failed("not_found", true) }), /^problem App: .*no app with this APP_ID/],
  ["another app's key", github({ app: failed("unauthorized") }), /^problem App: .*private key/],
  ["a limit", github({ app: failed("rate_limited") }), /^problem App: GitHub limits/],
  ["an outage", github({ app: failed("unavailable") }), /^problem App: .*githubstatus/],
  ["a proxy's page", github({ app: failed("nonsense") }), /^problem App: .*\(nonsense\)/],
  [
    "an app without a permission",
    github({
      app: answered({
        ...WANTED,
        slug: "r",
        page: "",
        permissions: { ...WANTED.permissions, issues: "read" },
      }),
    }),
    /^problem Permissions: The app lacks issues: write\./,
  ],
  [
    "an app with too many permissions",
    github({
      app: answered({
        ...WANTED,
        slug: "r",
        page: "",
        permissions: { ...WANTED.permissions, secrets: "read" },
      }),
    }),
    /^warning Permissions: The app has secrets: read/,
  ],
  [
    "an app without an event",
    github({ app: answered({ ...WANTED, slug: "r", page: "", events: ["push", "check_run"] }) }),
    /^problem Events: .*not subscribed to issues/,
  ],
  [
    "an app that is installed nowhere",
    github({ installations: answered({ installations: [], isWhole: true }) }),
    /^warning Installations: .*apps\/rollcall\/installations\/new/,
  ],
  [
    "installations that GitHub does not list",
    github({ installations: failed("unavailable") }),
    /^warning Installations: .*\(unavailable\)/,
  ],
  [
    "a permission that is not accepted",
    acme({ permissions: { ...WANTED.permissions, checks: "read" } }),
    /^problem Installations: acme has not accepted checks: write\. Ask/,
  ],
  [
    "an event that is not accepted",
    acme({ events: ["push", "check_run"] }),
    /^problem Installations: acme has not accepted the event issues\./,
  ],
  [
    "the only installation suspended",
    acme({ isSuspended: true }),
    /^problem Installations: acme has suspended/,
  ],
  [
    "an owner's file out of reach",
    acme({ isSelection: true, hasOwnersFile: false }),
    /^warning Owner's file: .*acme\/\.github/,
  ],
  ["a webhook without URL", hook({ url: "" }), /^problem Webhook: .*no URL/],
  [
    "a webhook on this machine",
    hook({ url: "http://127.0.0.1:3000/api/github/webhooks" }),
    /^problem Webhook: .*127\.0\.0\.1, which GitHub cannot reach/,
  ],
  [
    "a webhook without TLS",
    hook({ url: "http://example.org/api/github/webhooks" }),
    /^warning Webhook: .*http:\/\//,
  ],
  ["a webhook as a form", hook({ contentType: "form" }), /^problem Webhook: .*415.*application\/json/],
  ["a webhook without a secret", hook({ hasSecret: false }), /^problem Webhook: .*no secret/],
  [
    "a webhook whose certificate nobody verifies",
    hook({ verifiesCertificate: false }),
    /^warning Webhook: .*SSL verification/,
  ],
  [
    "a webhook with another path",
    hook({ url: "https://example.org/hook" }, answered([])),
    /^warning Webhook: The path/,
  ],
  [
    "a webhook that GitHub does not show",
    github({ hook: failed("forbidden"), door: null }),
    /^warning Webhook: .*\(forbidden\)/,
  ],
  [
    "a failure that was not made up",
    github({ attempts: answered([attempt("b", 200), attempt("a", 503)]) }),
    /^warning Deliveries: .*1 of the last 2 failed.*503/,
  ],
  ...(
    [
      [0, /got no answer: timed out.*firewall/],
      [400, /signature is wrong.*WEBHOOK_SECRET/],
      [401, /answered 401.*without a login/],
      [403, /answered 403/],
      [404, /not at this address.*ROLE=web/],
      [405, /answered 405/],
      [413, /too large.*25 MB/],
      [415, /not JSON.*Content type/],
      [500, /answered 500.*in the log/],
      [502, /by the proxy.*its port/],
      [503, /answered 503.*database/],
      [504, /answered 504/],
      [302, /answered 302.*what answers/],
    ] as const
  ).map(
    ([status, words]) =>
      [
        `a delivery that was answered ${status}`,
        github({ attempts: answered([attempt("a", status, 180, "Timed out")]) }),
        new RegExp(`^problem Deliveries: The last delivery \\(push, 3 hours ago\\) .*${words.source}`),
      ] as const,
  ),
  [
    "nothing behind the webhook",
    github({ door: { kind: "unreachable", code: "ECONNREFUSED" } }),
    /^warning From here: .*ECONNREFUSED.*Start Rollcall/,
  ],
  [
    "something that accepts everything",
    github({ door: { kind: "answered", status: 204 } }),
    /^problem From here: .*not Rollcall/,
  ],
  [
    "another path behind the webhook",
    github({ door: { kind: "answered", status: 404 } }),
    /^problem From here: .*404/,
  ],
  [
    "a redirect behind the webhook",
    github({ door: { kind: "answered", status: 301 } }),
    /^problem From here: .*301/,
  ],
  ["a proxy that is alone", github({ door: { kind: "answered", status: 502 } }), /^warning From here: .*502/],
];

test.each(ROWS)("%s is the only complaint", (_, changed, words) => {
  const [first = "", ...others] = complaints(changed);
  expect(others).toEqual([]);
  expect(first).toMatch(words);
  expect(first).not.toContain("NOTHING TO DO");
});

describe("no complaint is made of", () => {
  test.each<readonly [string, Partial<Facts>]>([
    ["a database that the first start will make", { database: { kind: "none_yet" } }],
    ["a schema that the next start will raise", database({ schema: 7 })],
    ["a clock that is 4 seconds off", github({ clock: { kind: "read", aheadMs: 4000 } })],
    ["no delivery in three days", github({ attempts: answered([]) })],
    [
      "a failure that was made up later",
      github({ attempts: answered([attempt("a", 200), attempt("a", 503)]) }),
    ],
    ["another path that a proxy rewrites, as deliveries show", hook({ url: "https://example.org/hook" })],
    [
      "a permission that is higher than asked for at one account",
      acme({ permissions: { ...WANTED.permissions, contents: "write" } }),
    ],
    ["an owner's file within reach", acme({ isSelection: true, hasOwnersFile: true })],
    ["a trial", settings({ observes: true })],
  ])("%s", (_, changed) => {
    expect(complaints(changed)).toEqual([]);
  });
});

test("an account is not blamed for what the app itself lacks", () => {
  const lacking = { ...WANTED, permissions: { ...WANTED.permissions, checks: "none" } };
  const changed = github({
    app: answered({ ...lacking, slug: "r", page: "" }),
    installations: answered({ installations: [{ ...ACME, ...lacking }], isWhole: true }),
  });
  expect(complaints(changed)).toHaveLength(1);
});

test("what is stopped at one account only is said with its name", () => {
  const { cannot, can } = diagnose({
    ...HEALTHY,
    ...acme({ permissions: { ...WANTED.permissions, issues: "none" } }),
  });
  expect(cannot).toEqual([
    { ability: "issues", on: ["acme"] },
    { ability: "closings", on: ["acme"] },
  ]);
  expect(can).toContain("checks");
});

test("without deliveries nothing is checked, and without a start nothing at all is done", () => {
  const stopped = (changed: Partial<Facts>) =>
    diagnose({ ...HEALTHY, ...changed }).cannot.map(({ ability }) => ability);
  expect(stopped(hook({ hasSecret: false }))).toEqual([
    "deliveries",
    "pushes",
    "pulls",
    "queues",
    "git",
    "closings",
    "buttons",
  ]);
  expect(diagnose({ ...HEALTHY, ...settings({ state: "none" }), github: null }).can).toEqual([]);
});

test("hostile names from GitHub do not reach the terminal, and each finding has one line", () => {
  assert(
    property(string({ unit: "binary" }), string({ unit: "binary" }), (account, page) => {
      const diagnosis = diagnose({ ...HEALTHY, ...acme({ account, page, isSuspended: true }) });
      const text = renderText(diagnosis);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text.split("\n")).toHaveLength(renderText(diagnose(HEALTHY)).split("\n").length + 1);
      expect(JSON.parse(renderJson(diagnosis))).toMatchObject({ schemaVersion: 1, problems: 1 });
    }),
  );
});

test("a hundred accounts with the same problem are counted, not listed", () => {
  const installations = Array.from({ length: 100 }, (_, index) => ({
    ...ACME,
    account: `owner-${index}`,
    permissions: { ...WANTED.permissions, issues: "none" },
  }));
  const diagnosis = diagnose({
    ...HEALTHY,
    ...github({ installations: answered({ installations, isWhole: false }) }),
  });
  const text = renderText(diagnosis);
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toContain("more than 100 accounts");
  expect(text).toContain("and 91 more: --json lists them all.");
  expect(text).toContain("owner-9 and 90 more)");
});
